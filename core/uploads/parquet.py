"""Embeddings in Parquet: the footer and the headers of all pages are looked at before anything is unpacked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.uploads import pages
from core.uploads.limits import Limits, UploadError, check_columns, check_rows, checked_header, file_name
from core.uploads.shapes import LIST, NUMBER, OTHER, TEXT, Column, Values, as_float32, as_label, check_numbers

_LONGEST_FOOTER = 16_000_000
_MOST_IN_FOOTER = 200_000
"""Schema elements, columns and row groups that a list of the footer may have."""

_DEEPEST_SCHEMA = 10
_ROWS_AT_ONCE = 4_096


def describe(content: bytes, name: str, limits: Limits) -> list[Column]:
    """Return the columns, from the footer."""
    file = _opened(content, name, limits)
    schema, metadata = _schema(file, name), file.metadata
    check_columns(len(schema.names), name, limits)
    checked_header(list(schema.names), name, limits)
    values: dict[str, int] = {}
    for place in range(metadata.num_columns if metadata.num_row_groups else 0):
        column = metadata.row_group(0).column(place)
        top = column.path_in_schema.split(".")[0]
        values[top] = max(values.get(top, 0), column.num_values)
    rows = max(metadata.row_group(0).num_rows if metadata.num_row_groups else 1, 1)
    return [_column(field.name, field.type, values.get(field.name, 0) // rows) for field in schema]


def read(content: bytes, name: str, numbers: list[str], texts: list[str], limits: Limits) -> Values:
    """Read columns, some thousand rows at a time."""
    file = _opened(content, name, limits, texts)
    wanted = list(dict.fromkeys([*numbers, *texts]))
    kinds = {column.name: column.kind for column in describe(content, name, limits)}
    for column in numbers:
        if kinds[column] not in (NUMBER, LIST):
            raise UploadError(f"{file_name(name)}, column {column}, must hold numbers or lists of numbers, got another type")
    for column in texts:
        if kinds[column] not in (NUMBER, TEXT):
            raise UploadError(f"{file_name(name)}, column {column}, must hold labels, got lists or another nested type")
    _check_volume(content, file, wanted, name, limits)
    parts, labels, done = [], {column: [] for column in texts}, 0  # type: tuple[list[Any], dict[str, list[str]], int]
    try:
        for batch in file.iter_batches(_ROWS_AT_ONCE, columns=wanted):
            block = [_numbers(batch.column(column), column, done, name) for column in numbers]
            parts.append(np.concatenate(block, axis=1))
            if parts[-1].shape[1] != parts[0].shape[1]:
                raise UploadError(_mixed(name, numbers[0], done + 1, parts[0].shape[1], parts[-1].shape[1]))
            done += len(parts[-1])
            check_numbers(done, parts[0].shape[1], name, limits)
            for column in texts:
                labels[column] += _labels(batch.column(column))
    except UploadError:
        raise
    except Exception as error:  # Arrow has many ways to stumble over a broken file, and quotes none of its values
        raise UploadError(f"{file_name(name)} is damaged: its rows cannot be read") from error
    matrix = np.concatenate(parts) if parts else np.empty((0, len(numbers)), dtype=np.float32)
    return Values(matrix, labels, np.arange(1, len(matrix) + 1))


def _opened(content: bytes, name: str, limits: Limits, texts: Sequence[str] = ()) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    damaged = f"{file_name(name)} is no Parquet file that can be read"
    footer = int.from_bytes(content[-8:-4], "little")
    if not content.endswith(b"PAR1") or footer > len(content):
        raise UploadError(f"{damaged}: its end is missing")
    if footer > _LONGEST_FOOTER:
        raise UploadError(f"{file_name(name)} must have at most {limits.columns:,} columns in a few row groups, got many more")
    try:
        file = pq.ParquetFile(
            pa.BufferReader(content),
            thrift_container_size_limit=_MOST_IN_FOOTER,
            thrift_string_size_limit=_LONGEST_FOOTER,
            schema_depth_limit=_DEEPEST_SCHEMA,
            page_checksum_verification=False,
            pre_buffer=False,
            # A long text that every row repeats is kept once.
            read_dictionary=list(texts),
        )
    except Exception as error:
        raise UploadError(damaged) from error
    check_rows(file.metadata.num_rows, name, limits)
    return file


def _schema(file: Any, name: str) -> Any:
    try:
        return file.schema_arrow
    except Exception as error:
        raise UploadError(f"{file_name(name)} has a column of a type that cannot be read") from error


def _column(name: str, kind: Any, width: int) -> Column:
    import pyarrow as pa

    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    if lists:
        return Column(name, LIST, width) if _is_number(kind.value_type) else Column(name, OTHER)
    plain = kind.value_type if pa.types.is_dictionary(kind) else kind
    if pa.types.is_string(plain) or pa.types.is_large_string(plain) or pa.types.is_boolean(plain):
        return Column(name, TEXT)
    return Column(name, NUMBER if _is_number(plain) else OTHER)


def _is_number(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _check_volume(content: bytes, file: Any, wanted: list[str], name: str, limits: Limits) -> None:
    """Add up what the wanted columns unpack to, from the header of each of their pages."""
    volume = pages.Volume()
    try:
        for group in range(file.metadata.num_row_groups):
            row_group = file.metadata.row_group(group)
            for place in range(row_group.num_columns):
                column = row_group.column(place)
                if column.path_in_schema.split(".")[0] not in wanted:
                    continue
                first = column.dictionary_page_offset if column.has_dictionary_page else None
                start = min(first, column.data_page_offset) if first else column.data_page_offset
                pages.add_chunk(volume, content, start, column.total_compressed_size)
                most_values = limits.numbers + limits.rows * len(wanted)
                if volume.inflated > limits.inflated or volume.values > most_values:
                    raise UploadError(
                        f"{file_name(name)} must unpack to at most {limits.inflated / 1e6:,.0f} MB and {limits.numbers:,} "
                        "numbers, got more"
                    )
    except UploadError:
        raise
    except Exception as error:
        raise UploadError(f"{file_name(name)} is damaged: a column cannot be followed through the file") from error


def _numbers(column: Any, name: str, done: int, file: str) -> Any:
    """Return a column of numbers, or of lists of numbers of one length, as float32 of shape (rows, width)."""
    import pyarrow as pa

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if column.null_count:
        row = done + int(np.flatnonzero(column.is_null().to_numpy(zero_copy_only=False))[0]) + 1
        raise UploadError(f"{file_name(file)}, column {name}, row {row:,}, must not be empty: leave rows without a face out")
    if not (hasattr(column, "value_lengths") and pa.types.is_nested(column.type)):
        return as_float32(column.to_numpy(zero_copy_only=False))[:, None]
    lengths = column.value_lengths().to_numpy(zero_copy_only=False)
    if len(lengths) and (lengths != lengths[0]).any():
        wrong = int(np.flatnonzero(lengths != lengths[0])[0])
        raise UploadError(_mixed(file, name, done + wrong + 1, int(lengths[0]), int(lengths[wrong])))
    flat = column.flatten()
    # An absent number becomes NaN, and is refused as such.
    return as_float32(flat.to_numpy(zero_copy_only=False)).reshape(len(column), -1)


def _labels(column: Any) -> list[str]:
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        return [as_label(value) for value in column.to_pylist()]
    words = [as_label(value) for value in column.dictionary.to_pylist()]
    return ["" if place is None else words[place] for place in column.indices.to_pylist()]


def _mixed(file: str, column: str, row: int, wanted: int, got: int) -> str:
    return f"{file_name(file)}, column {column}, row {row:,}, must have {wanted:,} numbers like the first row, got {got:,}"
