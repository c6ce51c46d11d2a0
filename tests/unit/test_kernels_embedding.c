/* Embeddings' kernels, and the swap of dimensions behind them, against their formulas, to the bit. */
#include "kernel_check.h"

enum { MOST_TOKENS = 9, MOST_SAMPLES = 5 };

/* What the rows of a bag are multiplied by. */
static float bag_scale(const int *id, int64_t tokens, int64_t padding, int64_t mean)
{
    int64_t count = 0;
    for (int64_t t = 0; t < tokens; t++)
        count += id[t] != padding;
    return !mean ? 1 : count ? 1.0f / (float)count : 0;
}

static void rows(int lanes)
{
    for (int shape = 0; shape < 60; shape++) {
        const int64_t tokens = ONE_OF(1, 2, 5, MOST_TOKENS), channels = ONE_OF(16, 32, 48), numbers = ONE_OF(1, 2, 7);
        const int64_t w_row = channels + ONE_OF(0, 16), y_col = channels + ONE_OF(0, 16);
        const int64_t padding = ONE_OF(-1, -1, 0, (int)numbers - 1), mean = next_random() % 2;
        float *w = random_floats(numbers * w_row), *y = random_floats(tokens * y_col);
        float *wanted = copy_of(y, (size_t)(tokens * y_col) * 4), *bag = random_floats(channels);
        float *wanted_bag = copy_of(bag, (size_t)channels * 4);
        int id[MOST_TOKENS];
        for (int64_t t = 0; t < tokens; t++)
            id[t] = (int)(next_random() % (unsigned)numbers);
        for (int64_t i = 0; i < tokens * channels; i++)
            wanted[i / channels * y_col + i % channels] = w[id[i / channels] * w_row + i % channels];
        for (int64_t i = 0; i < channels; i++) {
            float sum = 0;
            for (int64_t t = 0; t < tokens; t++)
                sum += id[t] == padding ? 0 : w[id[t] * w_row + i];
            wanted_bag[i] = mean ? sum * bag_scale(id, tokens, padding, 1) : sum;
        }
        call_prebuilt(FAMILY_EMBEDDING, (int64_t[]){tokens, channels, w_row, y_col}, 0, (void *[]){id, w, y});
        call_prebuilt(FAMILY_EMBEDDING_BAG, (int64_t[]){tokens, channels, w_row, padding, mean}, 0,
                      (void *[]){id, w, bag});
        assert_same_floats("embedding", lanes, 0, y, wanted, tokens * y_col);
        assert_same_floats("embedding_bag", lanes, 0, bag, wanted_bag, channels);
        free(w), free(y), free(wanted), free(bag), free(wanted_bag);
    }
}

static void gradient(int lanes)
{
    for (int shape = 0; shape < 60; shape++) {
        const int64_t samples = ONE_OF(1, 2, MOST_SAMPLES), tokens = ONE_OF(1, 3, MOST_TOKENS);
        const int64_t part = ONE_OF(1, 3, 4), channels = ONE_OF(16, 32), g_row = channels + ONE_OF(0, 16);
        const int64_t padding = ONE_OF(-1, -1, 0, 1), mean = next_random() % 2, dy_col = ONE_OF(0, (int)channels);
        const int64_t dy_sample = (tokens - 1) * dy_col + channels + ONE_OF(0, 16), floats = 2 * part * g_row;
        const int64_t d[] = {samples, tokens, part, channels, g_row, padding, mean, dy_sample, dy_col};
        float *dy = random_floats(samples * dy_sample), *g = random_floats(floats);
        float *wanted = copy_of(g, (size_t)floats * 4);
        int id[MOST_SAMPLES][MOST_TOKENS];
        const void *input[MOST_SAMPLES];
        for (int64_t s = 0; s < samples; s++) {
            input[s] = id[s];
            for (int64_t t = 0; t < tokens; t++)
                id[s][t] = (int)(next_random() % (unsigned)(2 * part));
        }
        for (int64_t s = 0; s < samples; s++)
            for (int64_t i = 0; i < tokens * channels; i++) {
                const int64_t t = i / channels, k = i % channels;
                float *to = &wanted[id[s][t] * g_row + k];
                if (id[s][t] != padding)
                    *to = multiply_add(lanes, dy[s * dy_sample + t * dy_col + k],
                                       bag_scale(id[s], tokens, padding, mean), *to);
            }
        call_prebuilt(FAMILY_EMBEDDING_GRAD, d, 0, (void *[]){input, dy, g});
        assert_same_floats("embedding_grad", lanes, 0, g, wanted, floats);
        free(dy), free(g), free(wanted);
    }
}

static void swap(int lanes)
{
    for (int shape = 0; shape < 30; shape++) {
        const int64_t cols = ONE_OF(1, 2, 7), channels = ONE_OF(1, 3, 16, 20), padded = (channels + 15) / 16 * 16;
        const int64_t x_col = 16 + ONE_OF(0, 16), y_col = padded + ONE_OF(0, 16);
        float *x = random_floats(channels * x_col), *y = random_floats(cols * y_col);
        float *wanted = copy_of(y, (size_t)(cols * y_col) * 4);
        for (int64_t i = 0; i < cols * padded; i++)
            wanted[i / padded * y_col + i % padded] = i % padded < channels ? x[i % padded * x_col + i / padded] : 0;
        call_prebuilt(FAMILY_SWAP, (int64_t[]){cols, channels, padded, x_col, y_col}, 0, (void *[]){x, y});
        assert_same_floats("swap", lanes, 0, y, wanted, cols * y_col);
        free(x), free(y), free(wanted);
    }
}

static void (*const tests[])(int lanes) = {rows, gradient, swap};

START_TEST(test_embedding)
{
    for_each_width(tests[_i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernels_embedding");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, test_embedding, 0, sizeof tests / sizeof *tests);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
