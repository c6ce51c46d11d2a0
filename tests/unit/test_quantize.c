/* Quantize: how reals and factors become integers, and what a small model's kernels are, worked out by hand from the
 * specification. tests/int8_test.py holds whole libraries to it. */
#include <math.h>

#include "passes/passes.h"
#include "passes/quantize.h"
#include "suite.h"

static Arena *arena;
static Diag *diag;
static Graph *graph;
static Builder builder;

static void setup(void)
{
    arena = arena_new();
    diag = diag_new(arena);
    graph = graph_new(arena);
    builder = (Builder){.graph = graph, .layer = "0"};
}

static void teardown(void)
{
    arena_free(arena);
}

/* Halves go away from 0; what is too far away is cut off. */
static const struct {
    int zero;
    double real;
    int q;
} reals[] = {{0, 0, 0}, {0, 0.24, 0}, {0, 0.25, 1}, {0, -0.25, -1}, {0, 0.75, 2}, {3, 0.25, 4}, {3, -0.75, 1},
             {0, 63.5, 127}, {0, 64, 127}, {-100, 1e30, 127}, {0, -64, -128}, {100, -1e30, -128}};

START_TEST(reals_become_the_nearest_integers)
{
    ck_assert_int_eq(quantized((Quantization){0.5f, reals[_i].zero}, reals[_i].real), reals[_i].q);
}
END_TEST

static const struct {
    double factor;
    int32_t multiplier;
    int shift;
} factors[] = {{1, 1 << 30, 30}, {0.5, 1 << 30, 31}, {0.75, 3 << 29, 31}, {1.5, 3 << 29, 30},
               {1 - 0x1p-40, 1 << 30, 30}, {0x1p29, 1 << 30, 1}, {0x1p30, INT32_MAX, 1}, {0x1p-32, 1 << 30, 62},
               {0x1p-33, 0, 1}, {0, 0, 31}};

START_TEST(factors_have_31_bits)
{
    const Rescale made = rescale_by(factors[_i].factor);
    ck_assert_int_eq(made.multiplier, factors[_i].multiplier);
    ck_assert_int_eq(made.shift, factors[_i].shift);
}
END_TEST

static Value *value(OpKind kind, const char *name, Value *x, Value *w, Value *b, Shape shape)
{
    return graph_value(&builder, kind, name, x, w, b, shape, (Attributes){0});
}

/* y = relu(w x + b) of two numbers to two, in integers; x was seen from -1 to 3, y to 2. NULL: it is refused. */
static const IntegerGraph *made_of(const float *weights, const float *biases, float highest)
{
    const Shape row = shape_of(1, (int64_t[]){2}), square = shape_of(2, (int64_t[]){2, 2});
    Value *x = value(OP_INPUT, "x", NULL, NULL, NULL, row);
    Value *w = value(OP_PARAMETER, "w", NULL, NULL, NULL, square), *b = value(OP_PARAMETER, "b", NULL, NULL, NULL, row);
    Value *sum = value(OP_LINEAR, "linear", x, w, b, row);
    Value *y = value(OP_RELU, "relu", sum, NULL, NULL, row);
    graph->input = x;
    graph->output = y;
    graph->evaluates = true;
    const float **parameters = arena_alloc(arena, (size_t)graph->values.count * sizeof *parameters);
    Range *ranges = arena_alloc(arena, (size_t)graph->values.count * sizeof *ranges);
    parameters[w->id] = weights;
    parameters[b->id] = biases;
    ranges[x->id] = (Range){-1, 3};
    ranges[y->id] = (Range){0, highest};
    const Trained trained = {.parameters = parameters, .ranges = ranges};
    return pass_quantize(arena, diag, pass_fuse(arena, graph, quantize_fuses), &trained);
}

START_TEST(a_layer_with_its_activation_is_one_kernel)
{
    const IntegerGraph *made = made_of((float[]){1, -0.5f, 0, 0}, (float[]){0.25f, 0}, 2);
    ck_assert_int_eq(made->kernels.count, 1);
    const IntegerKernel *kernel = made->kernels.at[0];
    const Quantization x = made->of[graph->input->id], y = made->of[graph->output->id];
    ck_assert_int_eq(kernel->kind, INTEGER_PRODUCT);
    ck_assert(x.scale == (float)(4.0 / 255) && x.zero == -64); /* 0 is 63.75 above -1 */
    ck_assert(y.scale == (float)(2.0 / 255) && y.zero == -128);
    ck_assert_int_eq(kernel->low, -128);
    ck_assert_int_eq(kernel->high, 127);
    const float scale = (float)(1.0 / 127); /* of the first output's weights; the second one's are all 0 */
    ck_assert_int_eq(kernel->weight[0], 127);
    ck_assert_int_eq(kernel->weight[1], (int)round(-0.5 / (double)scale));
    ck_assert(kernel->weight[2] == 0 && kernel->weight[3] == 0);
    ck_assert_int_eq(kernel->bias[0], llround(0.25 / ((double)x.scale * (double)scale)));
    ck_assert_int_eq(kernel->bias[1], 0);
    const Rescale wanted = rescale_by((double)x.scale * (double)scale / (double)y.scale);
    ck_assert_int_eq(kernel->rescale[0].multiplier, wanted.multiplier);
    ck_assert_int_eq(kernel->rescale[0].shift, wanted.shift);
}
END_TEST

START_TEST(a_bias_without_room_makes_weights_coarser)
{
    const IntegerGraph *made = made_of((float[]){1e-9f, 0, 1, 0}, (float[]){1e6f, 0}, 2);
    ck_assert_int_eq(made->kernels.at[0]->weight[0], 0);
    ck_assert_int_le(made->kernels.at[0]->bias[0], (1 << 30) + 64); /* scales are floats */
    ck_assert_int_eq(made->kernels.at[0]->weight[2], 127);
}
END_TEST

START_TEST(what_is_not_finite_is_refused)
{
    ck_assert_ptr_null(made_of((float[]){1, 0, 0, 1}, (float[]){0, 0}, INFINITY));
    ck_assert_int_eq(diag_error_count(diag), 1);
}
END_TEST

START_TEST(a_weight_that_is_not_finite_is_refused)
{
    ck_assert_ptr_null(made_of((float[]){1, 0, INFINITY, 1}, (float[]){0, 0}, 2));
    ck_assert_int_eq(diag_error_count(diag), 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("quantize");
    TCase *numbers = tcase_create("numbers"), *kernels = tcase_create("kernels");
    tcase_add_loop_test(numbers, reals_become_the_nearest_integers, 0, sizeof reals / sizeof *reals);
    tcase_add_loop_test(numbers, factors_have_31_bits, 0, sizeof factors / sizeof *factors);
    tcase_add_checked_fixture(kernels, setup, teardown);
    tcase_add_test(kernels, a_layer_with_its_activation_is_one_kernel);
    tcase_add_test(kernels, a_bias_without_room_makes_weights_coarser);
    tcase_add_test(kernels, what_is_not_finite_is_refused);
    tcase_add_test(kernels, a_weight_that_is_not_finite_is_refused);
    suite_add_tcase(suite, numbers);
    suite_add_tcase(suite, kernels);
    return run_suite(suite);
}
