"""A TOML file held against its schema, the same way for every file of a form."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from pipeline.define.trouble import from_pydantic, unreadable
from pipeline.errors import system_reason

File = TypeVar("File", bound=BaseModel)


def checked(path: Path, schema: type[File]) -> tuple[File, bytes]:
    """The content of a file, and its bytes.

    Raises ``FormError`` naming file and key when it cannot be read, is no TOML or does not
    fit the schema.
    """
    try:
        source = path.read_bytes()
        content = tomllib.loads(source.decode("utf-8"))
    except OSError as error:
        raise unreadable(path, system_reason(error)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise unreadable(path, str(error)) from error
    try:
        return schema.model_validate(content), source
    except ValidationError as error:
        raise from_pydantic(path, error, content) from error
