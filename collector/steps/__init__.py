"""The steps of the pipeline: each looks at one delivery and drops something from it or puts something into
it.
"""
