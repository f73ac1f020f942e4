"""The community's part of the benchmark: its data, the pages to measure, and checks afterwards."""

from community.bench import documents, pages, rows
from portal.dev import bench_registry

bench_registry.register_load("community", order=20, load=rows.load)
documents.register()
pages.register()
