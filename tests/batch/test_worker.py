"""A side is glanced at first, and looked at closely when a glance does not settle it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import define, ingest, register
from pipeline.batch.worker import IMAGES, ReadTask, read_task
from pipeline.model.result import Disposition, PageResult
from pipeline.settings import load_settings

SCAN = Path(__file__).parents[2] / "samples" / "SCAN0001.pdf"


@pytest.fixture
def task(tmp_path):
    settings = load_settings(None)
    (file,) = ingest.inventory([SCAN], settings.ingest)
    (tmp_path / IMAGES).mkdir(parents=True)
    return ReadTask(
        file=file, sides=(1,), folder=tmp_path, form_folders=tuple(define.form_folders()), settings=settings
    )


@pytest.fixture
def looks(monkeypatch):
    """The resolutions at which sides are searched; the answers can be given beforehand."""
    seen, answers, search = [], [], register.find_pages

    def find_pages(image, *rest):
        seen.append(round(image.dpi))
        return answers.pop(0)(image) if answers else search(image, *rest)

    monkeypatch.setattr(register, "find_pages", find_pages)
    return seen, answers


def refused(image):
    return [PageResult(source=image.source, slot=1, disposition=Disposition.UNREADABLE, problem="no_identity")]


def blank(image):
    return [PageResult(source=image.source, slot=1, disposition=Disposition.BLANK, problem="blank_side")]


@pytest.mark.slow
def test_a_glance_is_enough_where_every_page_is_placed(task, looks):
    pages = read_task(task)
    assert all(page.identity for page in pages)
    assert not any("low_resolution" in page.warnings for page in pages)
    assert looks[0] == [150]


@pytest.mark.slow
def test_what_a_glance_refuses_is_looked_at_closely(task, looks):
    looks[1].append(refused)
    assert all(page.identity for page in read_task(task))
    assert looks[0] == [150, 300]


def test_a_blank_side_is_not_looked_at_twice(task, looks):
    looks[1].append(blank)
    assert [page.disposition for page in read_task(task)] == [Disposition.BLANK]
    assert looks[0] == [150]
