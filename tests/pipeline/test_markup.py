"""A cell that names a published table leads to the place where that table stands; other cells are text."""

from schedlab.pipeline import markup
from schedlab.pipeline.readable import Readable


def rendered(cell, name=""):
    return markup.table(Readable(("see",), ((cell,),), (False,)), "a caption", name)


def test_a_cell_that_names_a_table_leads_to_where_that_table_stands():
    assert '<a href="60-queues.html#table-levels">60-queues.levels</a>' in rendered("60-queues.levels")
    assert 'id="table-levels"' in rendered("x", "levels")


def test_text_that_only_looks_like_markup_or_numbers_stays_text():
    for text in ("12.5", "2.4-saves-switches", "<b>60-queues.levels</b>", "see 60-queues.levels"):
        assert "<a " not in rendered(text) and "<b>" not in rendered(text)
