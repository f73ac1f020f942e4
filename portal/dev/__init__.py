"""Development tools: sample data, benchmarks, fault tests, the component page, embedded
servers, the catalogue.
"""
