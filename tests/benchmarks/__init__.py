"""Measurements beside a floor taken in the same run.

They print ratios and assert nothing about time.
"""
