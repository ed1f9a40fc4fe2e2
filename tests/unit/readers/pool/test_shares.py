"""Shares of a compressed file: every byte is in exactly one, and each begins where a sample begins."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from flamescope_py.readers.perf.reader import boundary
from flamescope_py.readers.pool.cuts import share_cuts
from flamescope_py.readers.pool.worker import split_shares

texts = st.lists(
    st.sampled_from([b"\n\n", b"\n", b"\r\n", b"node 1 2.5: x:", b"\t7f main (/x)"]), max_size=60
)


@given(
    words=texts,
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=8),
    starts=st.sets(st.integers(1, 300), max_size=4),
)
def test_shares_are_cut_at_samples_and_lose_nothing(
    words: list[bytes], sizes: list[int], starts: set[int]
) -> None:
    text = b"".join(words)
    chunks: list[tuple[bytes, int]] = []
    place = 0
    while place < len(text):
        size = sizes[len(chunks) % len(sizes)]
        chunks.append((text[place : place + size], min(place + size, len(text))))
        place += size
    found = list(split_shares(iter(chunks), [0, *sorted(starts)], boundary))
    assert b"".join(part for _, part in found) == text
    shares = [share for share, _ in found]
    assert shares == sorted(shares)
    for share in set(shares) - {0}:
        before = b"".join(part for other, part in found if other < share)
        assert before.endswith((b"\n\n", b"\n\r\n"))


def test_later_shares_are_smaller_since_their_processes_decode_more() -> None:
    assert share_cuts(1000, 1) == [0, 1000]
    assert share_cuts(1000, 2) == [0, 600, 1000]
    assert share_cuts(190, 3) == [0, 90, 150, 190]
