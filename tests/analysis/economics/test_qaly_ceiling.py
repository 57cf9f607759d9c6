"""What a price would have to do, worked by hand beside the gains that studies have found."""

from __future__ import annotations

import pytest

from planner.analysis.economics.outcomes import qaly_ceiling
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData


def test_a_price_is_told_as_the_gain_it_needs_beside_those_published(
    reference: ReferenceData,
) -> None:
    result = qaly_ceiling(2_400, reference.qaly)
    # 2,400 / 20,000, / 25,000 and / 35,000.
    assert result.gain_by_threshold == pytest.approx(
        {20_000: 0.12, 25_000: 0.096, 35_000: 0.068571}, rel=1e-5
    )
    visits, written, antler = result.published
    # 0.034 x 20,000, x 25,000 and x 35,000; 0.0144 x 20,000; 2,400 / 0.034.
    assert visits.ceilings == pytest.approx({20_000: 680, 25_000: 850, 35_000: 1_190})
    assert written.ceilings[20_000] == pytest.approx(288)
    assert visits.cost_per_qaly == pytest.approx(70_588, abs=1)
    # People who stopped an antidepressant were worse off, so no price is justified.
    assert antler.gain.gain == -0.011 and not antler.ceilings and antler.cost_per_qaly is None
    # No study of these; Z-drugs were not in the one of benzodiazepines.
    assert result.without == (
        MedicineClass.GABAPENTINOIDS,
        MedicineClass.OPIOIDS,
        MedicineClass.Z_DRUGS,
    )
    # 1,423 / 0.034.
    cheaper = qaly_ceiling(1_423, reference.qaly).published[0]
    assert cheaper.cost_per_qaly == pytest.approx(41_853, abs=1)
