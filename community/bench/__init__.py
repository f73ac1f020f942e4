"""The community's part of the benchmark: what it loads, which pages are measured, what must
hold.
"""

from community.bench import documents, pages, rows
from portal.core import bench

bench.register_load("community", order=20, load=rows.load)
documents.register()
pages.register()
