"""Printed numbers, units, periods, growth: plain functions of numbers."""
