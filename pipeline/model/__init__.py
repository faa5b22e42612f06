"""The types that travel from room to room: frozen, slotted, keyword-only."""
