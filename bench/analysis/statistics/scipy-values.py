"""What SciPy and statsmodels make of random data: the values that independent.test.ts holds this folder against.

    pip install scipy statsmodels
    python scipy-values.py > scipy-values.json && oxfmt scipy-values.json

The inputs are drawn from a fixed seed and rounded, so that both sides compute on the same decimal numbers.
"""

import json
import platform

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import DescrStatsW
from statsmodels.tsa.stattools import acf

SEED = 20260105
SETS = 60
# All signs of so many differences are tried within seconds for all sets together.
MOST_FLIPPED = 14
MOST_BLOCKS = 20_000

random = np.random.default_rng(SEED)


def shaped(count, index):
    """Normal, heavy-tailed, skewed, and coarse values with ties and zeros, in turn."""
    shape = index % 4
    if shape == 0:
        values = random.normal(size=count)
    elif shape == 1:
        values = random.standard_t(3, size=count)
    elif shape == 2:
        values = random.exponential(size=count) - 1
    else:
        return np.round(random.normal(0.05, 0.1, size=count), 1)
    return np.round(random.choice([0.02, 0.1, 0.5]) * (values + random.choice([0, 0.3, 1, 3])), 6)


def paired(index):
    while True:
        differences = shaped(int(random.integers(2, 25)), index)
        if np.std(differences) > 0:
            break
    margin = round(float(random.choice([0.05, 0.1, 0.2, 0.5])), 6)
    test = stats.ttest_1samp(differences, 0)
    interval95 = test.confidence_interval(0.95)
    interval90 = test.confidence_interval(0.90)
    count = len(differences)
    error = stats.sem(differences)
    record = {
        "differences": differences.tolist(),
        "margin": margin,
        "mean": float(np.mean(differences)),
        "standardDeviation": float(np.std(differences, ddof=1)),
        "standardError": float(error),
        "interval95": [float(interval95.low), float(interval95.high)],
        "interval90": [float(interval90.low), float(interval90.high)],
        "p": float(test.pvalue),
        "tostP": float(DescrStatsW(differences).ttost_mean(-margin, margin)[0]),
        "hodgesLehmann": float(np.median([(a + b) / 2 for i, a in enumerate(differences) for b in differences[i:]])),
        "minimumDetectable": float((stats.t.ppf(0.975, count - 1) + stats.t.ppf(0.8, count - 1)) * error),
    }
    if count <= MOST_FLIPPED:
        # As whole numbers, whose sums are exact, so that equal sums compare as equal; the scale does not change p.
        whole = np.rint(differences * 1e6)
        flipped = stats.permutation_test((whole,), np.sum, permutation_type="samples", n_resamples=np.inf, vectorized=True)
        record["signFlipP"] = float(flipped.pvalue)
    return record


def sampled_sign_flip():
    """Whole numbers, more than are tried exhaustively: the distribution of the signed sum is a product of polynomials."""
    differences = random.integers(-30, 40, size=int(random.integers(21, 36)))
    distribution = np.ones(1)
    for size in np.abs(differences):
        factor = np.zeros(2 * size + 1)
        factor[0] += 0.5
        factor[-1] += 0.5
        distribution = np.convolve(distribution, factor)
    sums = np.arange(len(distribution)) - np.sum(np.abs(differences))
    p = distribution[np.abs(sums) >= abs(int(np.sum(differences)))].sum()
    return {"differences": differences.tolist(), "signFlipP": float(p)}


def adjusted(index):
    ps = np.round(random.uniform(size=int(random.integers(1, 41))) ** (1 + 2 * (index % 3)), 6 if index % 2 else 2)
    return {
        "ps": ps.tolist(),
        "holm": multipletests(ps, method="holm")[1].tolist(),
        "benjaminiHochberg": multipletests(ps, method="fdr_bh")[1].tolist(),
    }


def blocks_needed():
    deviation = round(float(np.exp(random.uniform(np.log(0.02), np.log(0.8)))), 6)
    margin = round(float(random.choice([0.05, 0.1, 0.2, 0.3])), 6)
    blocks = np.arange(2, MOST_BLOCKS)

    def fewest(confidence, power):
        needed = ((stats.t.ppf(confidence, blocks - 1) + stats.t.ppf(power, blocks - 1)) * deviation / margin) ** 2
        return int(blocks[blocks >= needed][0])

    return {"deviation": deviation, "margin": margin, "difference": fewest(0.975, 0.8), "equivalence": fewest(0.95, 0.9)}


def ranks():
    count = int(np.exp(random.uniform(0, np.log(200_000))))
    q = float(random.choice([0.001, 0.01, 0.1, 0.25, 0.5, 0.9, 0.99, 0.999]))
    lower = int(stats.binom.ppf(0.025, count, q))
    upper = 1 + int(stats.binom.ppf(0.975, count, q))
    record = {"count": count, "q": q}
    if lower >= 1:
        record["lower"] = lower
    if upper <= count:
        record["upper"] = upper
    return record


def anderson_darling(index):
    count = int(random.integers(20, 80))
    gaps = random.exponential(3, size=count) if index % 2 else random.gamma(random.choice([0.5, 2, 5]), size=count)
    gaps = np.maximum(np.round(gaps, 6), 1e-6)
    fitted = gaps / np.mean(gaps)
    # The mean is estimated: divided by it, the gaps are held against the exponential of mean 1.
    result = stats.goodness_of_fit(
        stats.expon, fitted, known_params={"loc": 0, "scale": 1}, statistic="ad", n_mc_samples=1, rng=np.random.default_rng(0)
    )
    return {"gaps": gaps.tolist(), "statistic": float(result.statistic * (1 + 0.6 / count))}


def order_effect(index):
    while True:
        differences = shaped(int(random.integers(4, 25)), index)
        order = random.choice([-1, 1], size=len(differences))
        if np.std(differences) > 0 and 0 < np.sum(order == 1) < len(order):
            break
    fit = sm.OLS(differences, sm.add_constant(order)).fit()
    low, high = fit.conf_int(0.05)[1]
    return {
        "differences": differences.tolist(),
        "baselineFirst": (order == 1).tolist(),
        "gamma": float(fit.params[1]),
        "low": float(low),
        "high": float(high),
    }


def autocorrelated():
    count = int(random.integers(10, 60))
    rho = random.choice([-0.5, 0, 0.5, 0.9])
    series = np.zeros(count)
    for index in range(count):
        series[index] = (rho * series[index - 1] if index else 0) + random.normal()
    series = np.round(series, 6)
    first = acf(series, nlags=1, fft=False)[1]
    return {"series": series.tolist(), "effectiveCount": float(np.clip(count * (1 - first) / (1 + first), 1, count))}


def uniformity(index):
    ps = np.round(random.uniform(size=int(random.integers(20, 200))) ** (1 + 0.25 * (index % 3)), 6)
    test = stats.kstest(ps, "uniform", method="exact")
    count = len(ps)
    return {
        "ps": ps.tolist(),
        "distance": float(test.statistic),
        "p": float(test.pvalue),
        "tooManyFrom": next(many for many in range(count + 2) if stats.binom.sf(many - 1, count, 0.05) < 0.01),
    }


def t_quantiles():
    degrees = [1, 2, 3, 5, 8, 11, 19, 29, 49, 99, 999]
    return [
        {"q": q, "degreesOfFreedom": v, "quantile": float(stats.t.ppf(q, v))} for q in [0.8, 0.9, 0.95, 0.975, 0.995] for v in degrees
    ]


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "madeWith": {
                    "python": platform.python_version(),
                    "numpy": np.__version__,
                    "scipy": scipy.__version__,
                    "statsmodels": statsmodels.__version__,
                    "seed": SEED,
                },
                "tQuantiles": t_quantiles(),
                "paired": [paired(index) for index in range(SETS)],
                "sampledSignFlip": [sampled_sign_flip() for _ in range(5)],
                "adjusted": [adjusted(index) for index in range(SETS)],
                "blocksNeeded": [blocks_needed() for _ in range(SETS)],
                "rankIntervals": [ranks() for _ in range(SETS)],
                "andersonDarling": [anderson_darling(index) for index in range(SETS)],
                "orderEffects": [order_effect(index) for index in range(SETS)],
                "autocorrelated": [autocorrelated() for _ in range(20)],
                "uniformity": [uniformity(index) for index in range(20)],
            }
        )
    )
