"""Plan, cost and specify support for adults prescribed medicines associated with dependence or withdrawal."""
