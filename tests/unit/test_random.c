/* Random numbers, initial parameters, the order of the samples and dropout masks: PyTorch's, to the bit. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "core_fixture.h"
#include "suite.h"

enum { COUNT = 23, TEST_COUNT = 5, KEPT = 24 };

START_TEST(known_draws)
{
    struct nc_random r;
    nc_random_seed(&r, 5489); /* the reference implementation's seed: its 10000th number is known */
    for (int i = 1; i < 10000; i++)
        nc_random32(&r);
    ck_assert_uint_eq(nc_random32(&r), 4123659995u);

    nc_random_seed(&r, 0);
    ck_assert_float_eq_tol(nc_random_uniform(&r, 0, 1), 0.4962566f, 1e-7f);
    int order[10], expected[] = {4, 1, 7, 5, 3, 9, 0, 8, 6, 2};
    nc_random_seed(&r, 0);
    nc_randperm(&r, 10, order);
    ck_assert_mem_eq(order, expected, sizeof expected);
}
END_TEST

START_TEST(initial_parameters)
{
    /* Conv2d(3, 2, 3), whose weight lies in the block with the output channels innermost, and Linear(7, 3). */
    double conv = sqrt(3.0) * (sqrt(2.0 / 6.0) / sqrt(27.0)), linear = sqrt(3.0) * (sqrt(2.0 / 6.0) / sqrt(7.0));
    const struct nc_parameter parameters[] = {
        {.offset = 0, .floats = 432, .axis_count = 4, .axes = {{2, 1}, {3, 16}, {3, 144}, {3, 48}},
         .low = -conv, .high = conv},
        {.offset = 432, .floats = 16, .axis_count = 1, .axes = {{2, 1}},
         .low = -1 / sqrt(27.0), .high = 1 / sqrt(27.0)},
        {.offset = 448, .floats = 48, .axis_count = 2, .axes = {{3, 16}, {7, 1}}, .low = -linear, .high = linear},
        {.offset = 496, .floats = 16, .axis_count = 1, .axes = {{3, 1}}, .low = -1 / sqrt(7.0), .high = 1 / sqrt(7.0)},
    };
    const struct nc_model model = {.parameters = parameters, .parameter_count = 4};
    float block[512] = {0}, dense[64], again[512] = {0};
    struct nc_random r;
    nc_random_seed(&r, 5);
    nc_init_parameters(&(struct nc_run){.model = &model}, NULL, block, &r);
    int at = 0;
    for (int i = 0; i < 4; i++) {
        nc_parameter_gather(&parameters[i], block, dense);
        nc_parameter_scatter(&parameters[i], dense, again);
        size_t bytes = (size_t)nc_parameter_elements(&parameters[i]) * sizeof(float);
        ck_assert_mem_eq(dense, initial_bits + at, bytes);
        at += (int)nc_parameter_elements(&parameters[i]);
    }
    ck_assert_mem_eq(block, again, sizeof block);
}
END_TEST

START_TEST(normal_numbers)
{
    static const int counts[] = {64, 37, 7, 4};
    static const struct nc_fill cut[] = {{.low = 0.2, .high = 0.5, .from = -0.3, .to = 0.4},
                                         {.low = 0.2, .high = 0.5, .from = 0.9, .to = 2.0}};
    float drawn[64 + 37 + 7 + 4 + 50 + 50], *to = drawn;
    struct nc_random r;
    nc_random_seed(&r, 5);
    for (int i = 0; i < 4; to += counts[i++])
        nc_random_normal(&r, 0.1, 0.3, counts[i], to);
    for (int i = 0; i < 2; i++, to += 50)
        nc_random_truncated(NULL, &r, &cut[i], 50, to);
    ck_assert_uint_eq(sizeof drawn, sizeof normal_bits);
    ck_assert_mem_eq(drawn, normal_bits, sizeof drawn);
}
END_TEST

START_TEST(orthogonal_matrices)
{
    static const int shapes[][2] = {{5, 5}, {3, 7}, {6, 2}};
    const float *expected = (const float *)orthogonal_bits;
    float drawn[25];
    struct nc_random r;
    nc_random_seed(&r, 5);
    for (int i = 0; i < 3; i++) {
        int rows = shapes[i][0], columns = shapes[i][1];
        nc_random_orthogonal(NULL, &r, 1.5, rows, columns, drawn);
        for (int k = 0; k < rows * columns; k++)
            ck_assert_float_eq_tol(drawn[k], *expected++, 2e-6f);
    }
}
END_TEST

/* The identity in the first outputs, as many as there are inputs; what the layer drew for the others stays. */
START_TEST(dirac_of_some_outputs)
{
    const struct nc_parameter p = {.rank = 4, .shape = {5, 2, 3, 3}, .floats = 96, .axis_count = 4,
                                   .axes = {{5, 18}, {2, 9}, {3, 3}, {3, 1}}, .low = -1, .high = 1};
    const struct nc_fill list[] = {{.parameter = 0, .init = NC_INIT_PARTIAL_DIRAC}};
    const struct nc_model plain = {.parameters = &p, .parameter_count = 1};
    struct nc_model model = plain;
    float drawn[96] = {0}, block[96] = {0};
    struct nc_random r;
    model.fills = list;
    model.fill_count = 1;
    nc_random_seed(&r, 5);
    nc_init_parameters(&(struct nc_run){.model = &plain}, NULL, drawn, &r);
    nc_random_seed(&r, 5);
    nc_init_parameters(&(struct nc_run){.model = &model}, NULL, block, &r);
    for (int i = 0; i < 90; i++)
        ck_assert_float_eq(block[i], i == 4 || i == 18 + 9 + 4 ? 1 : i < 36 ? 0 : drawn[i]);
}
END_TEST

/* The kinds that draw nothing, and one that does, in the order of the statements. */
START_TEST(fills)
{
    const struct nc_parameter parameters[] = {
        {.rank = 2, .shape = {2, 3}, .floats = 16, .axis_count = 2, .axes = {{2, 8}, {3, 1}}, .low = -1, .high = 1},
        {.rank = 3, .shape = {4, 2, 3}, .offset = 16, .floats = 24, .axis_count = 3, .axes = {{4, 6}, {2, 3}, {3, 1}},
         .init = NC_INIT_NORMAL, .low = 0, .high = 1},
    };
    const struct nc_fill list[] = {{.parameter = 0, .init = NC_INIT_CONSTANT, .low = 5},
                                   {.parameter = 1, .init = NC_INIT_DIRAC, .low = 2},
                                   {.parameter = 0, .init = NC_INIT_EYE}};
    const struct nc_model model = {.parameters = parameters, .parameter_count = 2, .fills = list, .fill_count = 3};
    float block[40] = {0}, expected[40] = {0};
    struct nc_random r, other;
    expected[0] = expected[8 + 1] = 1;
    for (int output = 0; output < 4; output++)
        expected[16 + 6 * output + 3 * (output % 2) + 1] = 1;
    nc_random_seed(&r, 5);
    other = r;
    nc_init_parameters(&(struct nc_run){.model = &model}, NULL, block, &r);
    ck_assert_mem_eq(block, expected, sizeof block);
    for (int i = 0; i < 6; i++)
        nc_random_uniform(&other, -1, 1);
    nc_random_normal(&other, 0, 1, 24, expected);
    ck_assert_uint_eq(nc_random32(&r), nc_random32(&other)); /* what the layers draw is drawn all the same */
}
END_TEST

/* Many at once are those that are drawn one by one, from wherever the state is. */
START_TEST(many_uniform_numbers)
{
    struct nc_random one, many;
    nc_random_seed(&one, 9);
    many = one;
    for (int count = 0; count < 2000; count = 3 * count + 1) {
        float numbers[2000];
        nc_random_uniforms(&many, -0.3f, 1.7f, count, numbers);
        for (int i = 0; i < count; i++)
            ck_assert_float_eq(numbers[i], nc_random_uniform(&one, -0.3f, 1.7f));
    }
    ck_assert_uint_eq(nc_random32(&one), nc_random32(&many));
}
END_TEST

/* Numbers that a file will give, or that stood in a layer that was replaced, are passed over: they touch nothing, and
 * what is drawn behind them is the same. */
START_TEST(numbers_of_files)
{
    const struct nc_parameter parameters[] = {
        {.offset = 0, .floats = 48, .axis_count = 2, .axes = {{40, 1}, {1, 1}}, .low = -1, .high = 1},
        {.offset = 48, .floats = 16, .axis_count = 1, .axes = {{3, 1}}},
    };
    const struct nc_parameter gone[] = {{.axis_count = 1, .axes = {{50, 1}}}};
    const struct nc_fill list[] = {{.parameter = 0, .init = NC_INIT_UNIFORM, .low = -1, .high = 1},
                                   {.parameter = 2, .init = NC_INIT_UNIFORM, .low = -1, .high = 1},
                                   {.parameter = 0, .init = NC_INIT_NORMAL, .high = 1},
                                   {.parameter = 2, .init = NC_INIT_NORMAL, .high = 1},
                                   {.parameter = 2, .init = NC_INIT_CONSTANT, .low = 7},
                                   {.parameter = 1, .init = NC_INIT_UNIFORM, .low = -1, .high = 1}};
    const struct nc_model model = {.parameters = parameters, .parameter_count = 2, .gone = gone, .fills = list,
                                   .fill_count = 6, .fills_are_all = 1};
    const unsigned char replaced[] = {1, 0};
    float all[64] = {0}, some[64] = {0}, normal[50];
    struct nc_random r, other, third;
    nc_random_seed(&r, 5);
    third = other = r;
    nc_init_parameters(&(struct nc_run){.model = &model}, NULL, all, &r);
    nc_init_parameters(&(struct nc_run){.model = &model}, replaced, some, &other);
    for (int i = 0; i < 40 + 50; i++)
        nc_random_uniform(&third, -1, 1);
    nc_random_normal(&third, 0, 1, 40, normal);
    ck_assert_mem_eq(all, normal, 40 * sizeof *normal);
    nc_random_normal(&third, 0, 1, 50, normal);
    for (int i = 0; i < 48; i++)
        ck_assert_float_eq(some[i], 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_float_eq(all[48 + i], nc_random_uniform(&third, -1, 1));
        ck_assert_float_eq(some[48 + i], all[48 + i]);
    }
}
END_TEST

/* Sizes that are no multiple of the squares in which elements are moved, and axes in any order. */
START_TEST(places_of_elements)
{
    const struct nc_parameter p = {.offset = 16, .axis_count = 5,
                                   .axes = {{3, 45 * 7 * 32}, {32, 1}, {7, 45 * 32}, {9, 5 * 32}, {5, 32}}};
    long long count = nc_parameter_elements(&p), at = 0;
    float *block = calloc((size_t)count + 16, sizeof *block), *dense = calloc((size_t)count, sizeof *dense);
    float *again = calloc((size_t)count, sizeof *again);
    ck_assert(block && dense && again);
    for (long long i = 0; i < count; i++)
        dense[i] = (float)i;
    nc_parameter_scatter(&p, dense, block);
    struct nc_walk walk;
    nc_walk_start(&walk, p.axes, p.axis_count);
    for (; at < count; at++, nc_walk_next(&walk))
        ck_assert_float_eq(block[16 + walk.offset], (float)at);
    nc_parameter_gather(&p, block, again);
    ck_assert_mem_eq(dense, again, (size_t)count * sizeof *dense);
    free(block);
    free(dense);
    free(again);
}
END_TEST

START_TEST(order_and_dropout)
{
    struct nc_data train_data = {.count = COUNT}, test_data = {.count = TEST_COUNT};
    int train_memory[COUNT], test_memory[TEST_COUNT];
    struct nc_loader train = {.data = &train_data, .batch_size = 4, .order = train_memory, .shuffle = {1, 1}};
    struct nc_loader test = {.data = &test_data, .batch_size = 4, .order = test_memory};
    struct nc_random r;
    nc_random_seed(&r, 0);
    for (int epoch = 0; epoch < 2; epoch++) {
        unsigned long long seed = nc_loader_begin(&train, &r);
        ck_assert_mem_eq(train_memory, train_order + epoch * COUNT, sizeof train_memory);
        memset(train_memory, 0, sizeof train_memory);
        nc_loader_order(&train, seed);
        ck_assert_mem_eq(train_memory, train_order + epoch * COUNT, sizeof train_memory);

        unsigned char mask[KEPT / 2];
        nc_random_mask(&r, 1 - 0.3, KEPT / 2, mask);
        for (int i = 0; i < KEPT / 2; i++)
            ck_assert_int_eq(mask[i], dropout_kept[epoch * KEPT / 2 + i]);

        nc_loader_begin(&test, &r);
        for (int i = 0; i < TEST_COUNT; i++)
            ck_assert_int_eq(test_memory[i], i);
    }
}
END_TEST

START_TEST(masks_go_where_the_layout_says)
{
    unsigned char drawn[12] = {1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1}, mask[8] = {0};
    const unsigned char *layers[] = {drawn};
    struct nc_microbatch mb = {.first = 1, .dropout = layers};
    struct nc_axis axes[] = {{2, 1}, {2, 4}}; /* channels innermost, rows of 4 */
    nc_dropout_mask(&mb, 0, 1, axes, 2, mask); /* the batch's third sample: 0 1 1 1 */
    const unsigned char expected[] = {0, 1, 0, 0, 1, 1, 0, 0};
    ck_assert_mem_eq(mask, expected, sizeof mask);
}
END_TEST

START_TEST(factors_of_dropped_channels)
{
    unsigned char drawn[] = {1, 0, 0, 1, 0, 1};
    const unsigned char *layers[] = {drawn};
    struct nc_microbatch training = {.first = 1, .dropout = layers}, evaluation = {0};
    float factors[17] = {[2] = 9, [15] = 9, [16] = 7};
    nc_dropout_factors(&training, 0, 1, 2, 2, 1.25f, factors); /* the batch's third sample: 0 1 */
    for (int i = 0; i < 17; i++)
        ck_assert(factors[i] == (i == 1 ? 1.25f : i == 16 ? 7 : 0));
    nc_dropout_factors(&training, 0, 2, 1, 2, 1.25f, factors); /* the fourth, whose channels share one: 1 */
    for (int i = 0; i < 17; i++)
        ck_assert(factors[i] == (i < 2 ? 1.25f : i == 16 ? 7 : 0));
    nc_dropout_factors(&training, 0, 3, 0, 2, 1.25f, factors); /* all of the batch have one: 1 */
    for (int i = 0; i < 17; i++)
        ck_assert(factors[i] == (i < 2 ? 1.25f : i == 16 ? 7 : 0));
    nc_dropout_factors(&evaluation, 0, 1, 2, 2, 1.25f, factors);
    for (int i = 0; i < 17; i++)
        ck_assert(factors[i] == (i < 2 ? 1 : i == 16 ? 7 : 0));
}
END_TEST

START_TEST(partial_batches)
{
    struct nc_data data = {.count = 10};
    struct nc_loader loader = {.data = &data, .batch_size = 4};
    long long first;
    ck_assert_int_eq(nc_loader_batch(&loader, 1, &first), 4);
    ck_assert_int_eq(first, 4);
    ck_assert_int_eq(nc_loader_batch(&loader, 2, &first), 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("random");
    TCase *core = tcase_create("core");
    tcase_add_test(core, known_draws);
    tcase_add_test(core, initial_parameters);
    tcase_add_test(core, normal_numbers);
    tcase_add_test(core, orthogonal_matrices);
    tcase_add_test(core, dirac_of_some_outputs);
    tcase_add_test(core, fills);
    tcase_add_test(core, numbers_of_files);
    tcase_add_test(core, places_of_elements);
    tcase_add_test(core, order_and_dropout);
    tcase_add_test(core, masks_go_where_the_layout_says);
    tcase_add_test(core, factors_of_dropped_channels);
    tcase_add_test(core, partial_batches);
    tcase_add_test(core, many_uniform_numbers);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
