"""Demo data of the community: four months of questions from customers of a workflow and accounting
service.
"""
