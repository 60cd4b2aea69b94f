"""Runs any folder of parameterised notebooks: parameters, order, results, manifest. Knows nothing of their subject."""
