"""What a replay found, as objects and as a table."""

import statistics


def quantiles(values):
    """P50 and P95, None where there are no values."""
    if len(values) < 2:
        value = values[0] if values else None
        return {"p50": value, "p95": value}
    cuts = statistics.quantiles(values, n=100, method="inclusive")
    return {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1)}


def _shares(outcome):
    """Of a core, what each round took."""
    rounds = [sum(times) for times in zip(*outcome.rounds, strict=True)]
    return [time * len(rounds) / outcome.audio_ms for time in rounds]


def to_objects(outcomes, variant, clips):
    """One for each policy, for programs: rates and shares are parts of 1."""
    objects = []
    for policy, outcome in outcomes.items():
        values = {
            "policy": policy,
            "variant": variant,
            "clips": clips,
            "seconds": round(outcome.audio_ms / 1000, 2),
            "shown_ms": quantiles(outcome.shown),
            "confirmed_ms": quantiles(outcome.confirmed),
            "cpu_share": round(outcome.busy_ms / outcome.audio_ms, 4),
            "wer_offline": outcome.offline_errors.wer,
            "wer_live": outcome.errors.wer,
            "retractions": outcome.retractions,
            "heap_growth_bytes": outcome.heap_growth_bytes,
        }
        shares = [round(share, 4) for share in _shares(outcome)]
        objects.append(values | ({"rounds_cpu_share": shares} if len(shares) > 1 else {}))
    return objects


def _seconds(values):
    cuts = quantiles(values)
    if cuts["p50"] is None:
        return f"{'-':>13}"
    return f"{cuts['p50'] / 1000:>6.2f} /{cuts['p95'] / 1000:>5.2f}"


def _percent(rate):
    return "-" if rate is None else f"{100 * rate:.2f}"


def to_table(outcomes, variant, clips):
    """For people: lags in seconds, P50 / P95."""
    first = next(iter(outcomes.values()))
    lines = [
        f"{clips} clips, {first.audio_ms / 1000:.0f} s, variant {variant}, seconds P50 / P95",
        f"{'policy':<10}{'shown':>13}{'confirmed':>15}{'last word':>15}{'pass':>15}"
        f"{'core %':>8}{'WER %':>8}{'offline':>9}{'changed':>9}{'heap':>10}",
    ]
    for policy, outcome in outcomes.items():
        lines.append(
            f"{policy:<10}{_seconds(outcome.shown)}  {_seconds(outcome.confirmed)}"
            f"  {_seconds(outcome.last)}  {_seconds(outcome.passes)}"
            f"{100 * outcome.busy_ms / outcome.audio_ms:>8.1f}{100 * (outcome.errors.wer or 0):>8.2f}"
            f"{_percent(outcome.offline_errors.wer):>9}{outcome.retractions:>9}"
            f"{outcome.heap_growth_bytes / 2**20:>7.1f} MB"
        )
    for policy, outcome in outcomes.items():
        shares = _shares(outcome)
        if len(shares) > 1:
            each = " ".join(f"{100 * share:.1f}" for share in shares)
            lines.append(f"{policy}, core % of each round: {each}")
    return lines
