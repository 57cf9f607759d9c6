"""Staff costs, prices, options, outcomes, uncertainty, cash flow, the mix of options and the benchmark."""
