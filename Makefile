# Everything a person or a machine needs to do with this project.  `make` alone says what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV := .venv
PYTHON := $(VENV)/bin/python
CARNET := $(VENV)/bin/carnet
MAINS ?= ../shared/handwriting
FORM ?= forms/carnet/2026.1
DOSSIER ?= output
SHARE ?= 1/1
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: help setup system test-system demo test fast check format lint types architecture golden bench certify calibration boxes train ablation samples layout clean

help: ## What can be done here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

setup: system $(VENV)/.ready ## Install everything the program needs

system:
	@.ci/system-packages tesseract-ocr tesseract-ocr-fra poppler-utils python3-venv libgl1 libglib2.0-0

test-system: system
	@.ci/system-packages libreoffice-calc-nogui

$(VENV)/.ready: requirements.lock pyproject.toml
	@echo "Installation des dépendances Python…"
	@test -x $(PYTHON) || python3 -m venv $(VENV)
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup ## Print carnets, read the samples, make the workbook
	@rm -rf output/demo && mkdir -p output
	@echo && echo "1. Impression de carnets personnalisés (participants d’exemple)"
	@$(CARNET) imprimer --participants samples/participants.csv --graine 1 --dossier output/demo --sortie output/demo/impression
	@echo && echo "2. Lecture de la remise d’exemple (dossier samples/)"
	@$(CARNET) lire samples --lot exemple --dossier output/demo || [ $$? -eq 10 ]
	@echo && echo "3. Consolidation"
	@$(CARNET) consolider --dossier output/demo
	@echo && echo "À regarder :"
	@echo "  output/demo/impression/carnets.pdf   les carnets prêts à imprimer"
	@echo "  output/demo/analyse.xlsx             le classeur de l’évaluation ; la feuille ARelire attend vos réponses"
	@echo "  GUIDE.md                             le mode d’emploi, pas à pas"

test: setup test-system ## Every test
	@$(PYTHON) -m pytest -n 2 --dist worksteal

fast: $(VENV)/.ready ## Tests that take under a minute
	@$(PYTHON) -m pytest -n 2 --dist worksteal -m "not slow"

check: setup format lint types architecture test ## Format, lint, types, architecture, tests

format: $(VENV)/.ready
	@$(PYTHON) -m ruff format --quiet .

lint: $(VENV)/.ready
	@$(PYTHON) -m ruff format --check --quiet . && $(PYTHON) -m ruff check --quiet .

types: $(VENV)/.ready
	@$(PYTHON) -m mypy

architecture: $(VENV)/.ready
	@$(VENV)/bin/lint-imports --no-cache

golden: $(VENV)/.ready ## Write what the code says today, to be read as a diff
	@$(PYTHON) -m tests.golden

bench: setup ## Accuracy, speed and memory, as ratios on the same files
	@$(PYTHON) -m tests.bench --mains $(MAINS)

certify: setup ## Certify the reading of ticks: half an hour, taken up again where it stopped (SHARE=1/2: half of it)
	@$(PYTHON) -m tests.certify --share $(SHARE) --report

calibration: setup ## Fit the confidence of ticks again on drawn pages
	@$(PYTHON) -m tests.certify.calibrate

boxes: $(VENV)/.ready ## Contact sheets of a campaign's tick boxes by ink: make boxes DOSSIER=output
	@$(PYTHON) -m pipeline.batch.gallery $(DOSSIER) && echo "À regarder : $(DOSSIER)/cases/"

train: setup build/train/.ready ## Rebuild the digit network from seeds (installs PyTorch)
	@build/train/bin/python -m pipeline.train --donnees $(MAINS)

ablation: setup build/train/.ready ## What each source of digits is worth: small networks trained without it
	@build/train/bin/python -m pipeline.train.ablation --donnees $(MAINS)

build/train/.ready: requirements.lock pyproject.toml
	@echo "Installation de PyTorch…"
	@test -x build/train/bin/python || python3 -m venv build/train
	@build/train/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@build/train/bin/python -m pip install --quiet --disable-pip-version-check torch==2.13.0 onnx==1.23.2
	@build/train/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

samples: setup ## Make the rehearsed hand-over of samples/ again
	@$(PYTHON) -m pipeline.batch.samples samples

layout: setup ## Publish the geometry of a form not yet released: make layout FORM=forms/…
	@$(PYTHON) -m pipeline.compose.publish $(FORM)

clean: ## Remove what was made here (the campaign folder output/ stays)
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis dist *.egg-info output/demo
	find pipeline tests -name __pycache__ -prune -exec rm -rf {} +
