/* Needs nothing but the geometry of one axis. */
#include "targets/cpu/residues.h"

#include "base/fail.h"

static int common_divisor(int a, int b)
{
    while (b) {
        const int rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

Residue residue_of(const ResidueAxis *axis, int residue)
{
    if (residue < 0 || residue >= axis->stride)
        fail_bug("a stride of %d has no residue %d", axis->stride, residue);
    Residue result = {.tap_step = -1, .step = 1};
    if (residue < axis->in)
        result.count = (axis->in - residue + axis->stride - 1) / axis->stride;

    /* The taps with (residue + padding - k*dilation) divisible by the stride: every (stride/g)th, if any. */
    const int g = common_divisor(axis->stride, axis->dilation), every = axis->stride / g;
    int k0 = 0;
    while (k0 < every && k0 < axis->kernel && (residue + axis->padding - (int64_t)k0 * axis->dilation) % axis->stride)
        k0++;
    if (k0 == every || k0 >= axis->kernel || result.count == 0)
        return result;

    result.taps = (axis->kernel - 1 - k0) / every + 1;
    result.first_tap = k0 + (result.taps - 1) * every;
    result.tap_step = -every;
    result.first = (residue + axis->padding - (int64_t)result.first_tap * axis->dilation) / axis->stride;
    result.step = axis->dilation / g;
    const int64_t last = result.first + (result.taps - 1) * result.step + result.count - 1;
    result.border_before = result.first < 0 ? -result.first : 0;
    result.border_after = last >= axis->out ? last - axis->out + 1 : 0;
    return result;
}
