/* The data gradient of a convolution as the plan computes it: TRANSPOSE for each residue of the stride, then CONV over
 * dy. Held to the definition in float64, for strides, dilations, paddings and groups. It shows how residues map to
 * dimensions. And that of a linear layer for few samples. */
#include "kernel_check.h"

#include "targets/cpu/families/transpose.h"
#include "targets/cpu/residues.h"

/* A convolution as torch has it. */
typedef struct Convolution {
    int64_t in, out, groups;      /* channels */
    int64_t size[2], kernel[2], stride[2], padding[2], dilation[2], out_size[2];
} Convolution;

static int64_t round_up(int64_t a, int64_t to)
{
    return (a + to - 1) / to * to;
}

/* Blocks of outputs that are a multiple of 16 and hold whole groups: how many each has; all if there are none. */
static int64_t groups_in_block(int64_t groups, int64_t outs_per_group)
{
    for (int64_t n = 1; n < groups; n++)
        if (groups % n == 0 && n * outs_per_group % 16 == 0)
            return n;
    return groups;
}

/* dx by the kernels. w[(tap)*w_run + r][w_row] in the forward layout; dx[..][..][in_padded]. */
static void data_gradient(const Convolution *l, const float *dy, float *w, int64_t w_run, int64_t w_row,
                          int64_t w_group_outs, int64_t w_group_ins, float *dx, int64_t in_padded, int lanes)
{
    const Width width = lanes == 16 ? WIDTH_16 : lanes == 8 ? WIDTH_8 : WIDTH_4;
    const int64_t outs_per_group = l->out / l->groups, ins_per_group = l->in / l->groups;
    const int64_t together = groups_in_block(l->groups, ins_per_group);
    const int64_t group_outs = together == l->groups ? in_padded : together * ins_per_group;
    const int64_t group_ins = together == l->groups ? 0 : together * outs_per_group, run = together * outs_per_group;

    ResidueAxis axis[2];
    int64_t before[2] = {0, 0}, after[2] = {0, 0}; /* the border that all residues need */
    for (int i = 0; i < 2; i++) {
        axis[i] = (ResidueAxis){(int)l->kernel[i], (int)l->stride[i], (int)l->padding[i], (int)l->dilation[i],
                                l->size[i], l->out_size[i]};
        for (int residue = 0; residue < l->stride[i]; residue++) {
            const Residue p = residue_of(&axis[i], residue);
            before[i] = p.border_before > before[i] ? p.border_before : before[i];
            after[i] = p.border_after > after[i] ? p.border_after : after[i];
        }
    }
    const int64_t row = (before[1] + l->out_size[1] + after[1]) * l->out, rows = before[0] + l->out_size[0] + after[0];
    float *bordered = calloc((size_t)(rows * row), sizeof *bordered);
    for (int64_t r = 0; r < l->out_size[0]; r++)
        memcpy(bordered + (r + before[0]) * row + before[1] * l->out, dy + r * l->out_size[1] * l->out,
               (size_t)(l->out_size[1] * l->out) * 4);

    for (int residue_y = 0; residue_y < l->stride[0]; residue_y++)
        for (int residue_x = 0; residue_x < l->stride[1]; residue_x++) {
            const Residue y = residue_of(&axis[0], residue_y), x = residue_of(&axis[1], residue_x);
            if (y.count == 0 || x.count == 0)
                continue;
            const int64_t transpose[] = {y.taps, x.taps, run, in_padded, in_padded, group_outs, group_ins, w_run,
                                         l->out, w_group_outs, w_group_ins, l->kernel[1] * w_run * w_row, w_run * w_row,
                                         w_row, 1, y.first_tap, x.first_tap, y.tap_step, x.tap_step};
            float *t = random_floats(y.taps * x.taps * run * in_padded + 1);
            call_prebuilt(FAMILY_TRANSPOSE, transpose, 0, (void *[]){w, t});

            const int64_t dx_row = l->size[1] * in_padded;
            const int64_t conv[CONV_DIM_COUNT] = {
                y.count, x.count, in_padded, y.taps, x.taps, run, row, l->out, y.step * row, x.step * l->out, in_padded,
                l->stride[0] * dx_row, l->stride[1] * in_padded, group_outs, group_ins, [CONV_images] = 1};
            const Tile tile = tile_choose(FAMILY_CONV, width, y.count, x.count, group_outs);
            call_prebuilt(FAMILY_CONV, conv, tile.rows * 100 + tile.cols * 10 + tile.vecs,
                          (void *[]){bordered + (y.first + before[0]) * row + (x.first + before[1]) * l->out, t, NULL,
                                     dx + residue_y * dx_row + residue_x * in_padded});
            free(t);
        }
    free(bordered);
}

static void check_layer(const Convolution *l, int lanes)
{
    const int64_t outs_per_group = l->out / l->groups, ins_per_group = l->in / l->groups;
    const int64_t together = groups_in_block(l->groups, outs_per_group), out_padded = round_up(l->out, 16);
    const int64_t w_run = together * ins_per_group, taps = l->kernel[0] * l->kernel[1], in_padded = round_up(l->in, 16);
    const int64_t w_group_outs = together == l->groups ? out_padded : together * outs_per_group;
    const int64_t w_group_ins = together == l->groups ? 0 : together * ins_per_group;

    /* Forward weights, zero outside of the groups and in the padding. */
    float *w = random_floats(taps * w_run * out_padded);
    for (int64_t i = 0; i < taps * w_run * out_padded; i++) {
        const int64_t o = i % out_padded, channel = o / w_group_outs * w_group_ins + i / out_padded % w_run;
        if (o >= l->out || channel / ins_per_group != o / outs_per_group)
            w[i] = 0;
    }
    float *dy = random_floats(l->out_size[0] * l->out_size[1] * l->out);
    const int64_t count = l->size[0] * l->size[1] * in_padded;
    float *dx = random_floats(count);
    data_gradient(l, dy, w, w_run, out_padded, w_group_outs, w_group_ins, dx, in_padded, lanes);

    double *exact = calloc((size_t)count, sizeof *exact);
    for (int64_t q = 0; q < l->out_size[0] * l->out_size[1]; q++)
        for (int64_t tap = 0; tap < taps; tap++) {
            const int64_t r = q / l->out_size[1] * l->stride[0] - l->padding[0] + tap / l->kernel[1] * l->dilation[0];
            const int64_t c = q % l->out_size[1] * l->stride[1] - l->padding[1] + tap % l->kernel[1] * l->dilation[1];
            if (r < 0 || r >= l->size[0] || c < 0 || c >= l->size[1])
                continue;
            for (int64_t o = 0; o < l->out; o++)
                for (int64_t j = 0; j < w_run; j++)
                    exact[(r * l->size[1] + c) * in_padded + o / w_group_outs * w_group_ins + j] +=
                        (double)dy[q * l->out + o] * w[(tap * w_run + j) * out_padded + o];
        }
    for (int64_t i = 0; i < count; i++)
        if (fabs(dx[i] - exact[i]) > 2e-5)
            ck_abort_msg("%lld->%lld channels in %lld groups, %lldx%lld, kernel %lldx%lld stride %lldx%lld "
                         "padding %lldx%lld dilation %lldx%lld, %d lanes: dx[%lld] is %g, not %g",
                         (long long)l->in, (long long)l->out, (long long)l->groups, (long long)l->size[0],
                         (long long)l->size[1], (long long)l->kernel[0], (long long)l->kernel[1],
                         (long long)l->stride[0], (long long)l->stride[1], (long long)l->padding[0],
                         (long long)l->padding[1], (long long)l->dilation[0], (long long)l->dilation[1], lanes,
                         (long long)i, (double)dx[i], exact[i]);
    free(w), free(dy), free(dx), free(exact);
}

static void gradients(int lanes)
{
    for (int shape = 0; shape < 250 / ONE_IN; shape++) {
        Convolution l = {.groups = ONE_OF(1, 1, 2, 4, 8)};
        l.in = l.groups * ONE_OF(1, 2, 3, 4);
        l.out = l.groups * ONE_OF(1, 2, 4, 8);
        if (shape % 10 == 0) { /* depthwise: two blocks of 16 */
            l.groups = l.in = l.out = 32;
        }
        for (int i = 0; i < 2; i++) {
            l.kernel[i] = ONE_OF(1, 2, 3, 5);
            l.stride[i] = ONE_OF(1, 1, 2, 3);
            l.dilation[i] = ONE_OF(1, 1, 2, 3);
            l.padding[i] = next_random() % 4;
            const int64_t reach = (l.kernel[i] - 1) * l.dilation[i] + 1 - 2 * l.padding[i];
            l.size[i] = (reach > 1 ? reach : 1) + ONE_OF(0, 1, 2, 5, 6);
            l.out_size[i] = (l.size[i] - reach) / l.stride[i] + 1;
        }
        check_layer(&l, lanes);
    }
}

/* TRANSPOSE against its formula, for weights that lie inputs-major, outputs-major, or neither way. */
static void transposes(int lanes)
{
    for (int shape = 0; shape < 200 / ONE_IN; shape++) {
        const int64_t all_y = ONE_OF(1, 2, 3, 5), all_x = ONE_OF(1, 2, 3, 5), grouped = shape % 3 == 2;
        const int64_t w_group_outs = grouped ? 16 * ONE_OF(1, 2) : 64, w_group_ins = grouped ? ONE_OF(8, 16, 32) : 0;
        const int64_t w_run = ONE_OF(3, 16, 20, 32, 48), outs = ONE_OF(5, 16, 33, 64);
        const int64_t group_outs = grouped ? ONE_OF(16, 32) : 64, group_ins = grouped ? ONE_OF(8, 16) : 0;
        const int64_t ins = ONE_OF(3, 16, 24, 32, 64), t_row = 64 + ONE_OF(0, 16), run = ONE_OF(1, 7, 16, 20, 32);
        const int64_t far = ONE_OF(64, 80), in_run = (w_run + 15) / 16 * 16, order = next_random() % 3;
        const int64_t w_in = order == 0 ? far : order == 1 ? 1 : 2;
        const int64_t w_out = order == 0 ? 1 : all_y * all_x * in_run * w_in;
        const int64_t w_tap_x = order == 0 ? w_run * far : in_run * w_in, w_tap_y = all_x * w_tap_x;
        const int64_t down = all_y > 2, right = all_x > 2, taps_y = down ? (all_y + 1) / 2 : all_y,
                      taps_x = right ? (all_x + 1) / 2 : all_x;
        const int64_t d[] = {taps_y, taps_x, run, ins, t_row, group_outs, group_ins, w_run, outs, w_group_outs,
                             w_group_ins, w_tap_y, w_tap_x, w_in, w_out, all_y - 1, 0, down ? -2 : -1, right ? 2 : 1};
        float *w = random_floats(all_y * all_x * in_run * far * 2 + 64 * all_y * all_x * in_run * 2);
        const int64_t floats = taps_y * taps_x * run * t_row;
        float *t = random_floats(floats), *wanted = copy_of(t, (size_t)floats * sizeof *t);
        for (int64_t row = 0; row < taps_y * taps_x * run; row++)
            for (int64_t i = 0; i < ins; i++) {
                const int64_t o = i / group_outs * group_ins + row % run, r = i - o / w_group_outs * w_group_ins;
                const int64_t a = all_y - 1 + row / run / taps_x * d[TRANSPOSE_step_y],
                              b = row / run % taps_x * d[TRANSPOSE_step_x];
                const int inside = r >= 0 && r < w_run && o < outs;
                wanted[row * t_row + i] = inside ? w[a * w_tap_y + b * w_tap_x + r * w_in + o * w_out] : 0;
            }
        call_prebuilt(FAMILY_TRANSPOSE, d, 0, (void *[]){w, t});
        assert_same_floats("transpose", lanes, 0, t, wanted, floats);
        free(w), free(t), free(wanted);
    }
}

START_TEST(test_transpose)
{
    for_each_width(transposes);
}
END_TEST

/* The sums of PANEL_GRAD_INPUT are those of the definition, in its order. */
static void panel_gradients(int lanes)
{
    for (int shape = 0; shape < 40 / ONE_IN; shape++) {
        const int64_t samples = ONE_OF(1, 2, 8), ins = 16 * ONE_OF(1, 2, 5), outs = 16 * ONE_OF(1, 2, 3);
        const int64_t panels = ONE_OF(1, 2, 5), apart = 16 * ONE_OF(0, 1), w_panel = ins * outs + apart;
        const int64_t x_sample = panels * outs + apart, y_sample = ins + apart;
        const int64_t d[] = {samples, ins, outs, panels, w_panel, x_sample, y_sample};
        float *x = random_floats(samples * x_sample), *w = random_floats(panels * w_panel);
        float *y = random_floats(samples * y_sample);
        float *wanted = copy_of(y, (size_t)(samples * y_sample) * sizeof *y);
        for (int64_t s = 0; s < samples; s++)
            for (int64_t i = 0; i < ins; i++) {
                float sum = 0;
                for (int64_t o = 0; o < panels * outs; o++)
                    sum = multiply_add(lanes, x[s * x_sample + o], w[o / outs * w_panel + i * outs + o % outs], sum);
                wanted[s * y_sample + i] = sum;
            }
        call_prebuilt(FAMILY_PANEL_GRAD_INPUT, d, 0, (void *[]){x, w, y});
        assert_same_floats("panel_grad_input", lanes, 0, y, wanted, samples * y_sample);
        free(x), free(w), free(y), free(wanted);
    }
}

START_TEST(test_panel_gradient)
{
    for_each_width(panel_gradients);
}
END_TEST

START_TEST(test_data_gradient)
{
    for_each_width(gradients);
}
END_TEST

/* Stride 1, kernel 5, padding 2: one residue, five taps from the last to the first, side by side, a border of two. */
START_TEST(test_residue_of_stride_1)
{
    const Residue p = residue_of(&(ResidueAxis){5, 1, 2, 1, 16, 16}, 0);
    ck_assert(p.taps == 5 && p.first_tap == 4 && p.tap_step == -1);
    ck_assert(p.first == -2 && p.step == 1 && p.count == 16);
    ck_assert(p.border_before == 2 && p.border_after == 2);
}
END_TEST

/* Stride 2, kernel 3, padding 1 over 8: even positions use tap 1 alone, odd ones taps 2 and 0. */
START_TEST(test_residues_of_stride_2)
{
    const ResidueAxis axis = {3, 2, 1, 1, 8, 4};
    const Residue even = residue_of(&axis, 0), odd = residue_of(&axis, 1);
    ck_assert(even.taps == 1 && even.first_tap == 1 && even.first == 0 && even.count == 4);
    ck_assert(even.border_before == 0 && even.border_after == 0);
    ck_assert(odd.taps == 2 && odd.first_tap == 2 && odd.tap_step == -2);
    ck_assert(odd.first == 0 && odd.step == 1 && odd.count == 4);
    ck_assert(odd.border_before == 0 && odd.border_after == 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_gradient");
    TCase *core = tcase_create("core");
    tcase_add_test(core, test_transpose);
    tcase_add_test(core, test_panel_gradient);
    tcase_add_test(core, test_data_gradient);
    tcase_add_test(core, test_residue_of_stride_1);
    tcase_add_test(core, test_residues_of_stride_2);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
