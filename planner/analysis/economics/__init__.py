"""Staff costs, prices, options, outcomes, uncertainty, cash flow, the mix and the benchmark."""
