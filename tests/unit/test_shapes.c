/* Shapes: always the same bytes, all classes, two different parts. And the transforms, to torch's bits. */
#include <stdint.h>

#include "data_fixture.h"
#include "fails.h"
#include "internal.h"
#include "suite.h"

enum { PIXELS = 3072, TRAIN = 10000, TEST = 2000 };

static const struct nc_model MODEL = {
    .name = "Small", .input_rank = 3, .input_shape = {3, 32, 32}, .outputs = 10, .classes = 1,
};

/* A data set lives until the program ends. */
static struct nc_data *kept[8];
static int kept_count;

static struct nc_data *draw(struct nc_run *run, int train)
{
    *run = (struct nc_run){.model = &MODEL, .program = "test"};
    struct nc_data *data = kept[kept_count++ % 8] = nc_shapes(run, "shapes", train, "class", 32, 3);
    nc_to_tensor(data);
    data->load(data);
    return data;
}

/* All samples, one after another, each asked for. */
static const unsigned char *all(struct nc_data *data)
{
    for (int i = 0; i < data->count; i++)
        ck_assert_ptr_eq(nc_data_sample(data, i), data->parts[0] + i * data->sample_bytes);
    return data->parts[0];
}

/* FNV-1a over 32-bit words. */
static unsigned long long hash(const void *bytes, size_t size)
{
    unsigned long long hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size; i += 4) {
        uint32_t word;
        memcpy(&word, (const char *)bytes + i, 4);
        hash = (hash ^ word) * 0x100000001b3u;
    }
    return hash;
}

/* Results that users compare depend on every byte: these numbers change only with a good reason. */
START_TEST(the_same_everywhere)
{
    struct nc_run run;
    struct nc_data *data = draw(&run, 1);
    ck_assert_int_eq(data->count, TRAIN);
    ck_assert_int_eq(data->sample_bytes, PIXELS);
    ck_assert_uint_eq(hash(all(data), (size_t)TRAIN * PIXELS), 0xc41ba4ccfecd2a8fu);
    ck_assert_uint_eq(hash(data->labels, TRAIN * sizeof(int)), 0xae3079974a80f1cau);
    data = draw(&run, 0);
    ck_assert_int_eq(data->count, TEST);
    ck_assert_uint_eq(hash(all(data), (size_t)TEST * PIXELS), 0xc18ceb4a6e5e01cdu);
    ck_assert_uint_eq(hash(data->labels, TEST * sizeof(int)), 0x839553e41c27a620u);
}
END_TEST

START_TEST(all_classes_are_there)
{
    struct nc_run run;
    for (int train = 0; train < 2; train++) {
        struct nc_data *data = draw(&run, train);
        int count[10] = {0};
        for (int i = 0; i < data->count; i++) {
            ck_assert(data->labels[i] >= 0 && data->labels[i] < 10);
            count[data->labels[i]]++;
        }
        for (int c = 0; c < 10; c++) {
            ck_assert_int_ge(count[c], data->count * 8 / 100);
            ck_assert(data->class_names[c] && data->class_names[c][0]);
        }
    }
}
END_TEST

START_TEST(parts_differ)
{
    struct nc_run run;
    const unsigned char *train = all(draw(&run, 1)), *test = all(draw(&run, 0));
    for (int i = 0; i < 20; i++) {
        for (int k = 0; k < TRAIN; k++)
            ck_assert(memcmp(test + i * PIXELS, train + k * PIXELS, PIXELS) != 0);
    }
}
END_TEST

/* Small and large, grey and coloured: no picture is flat, and the grey ones of 28x28 are the same everywhere. */
START_TEST(other_sizes)
{
    static const struct {
        int size, channels, pictures;
    } kinds[] = {{16, 1, TEST}, {28, 1, TEST}, {45, 3, TEST}, {160, 3, TEST / 8}};
    for (int k = 0; k < 4; k++) {
        const int bytes = kinds[k].channels * kinds[k].size * kinds[k].size;
        const struct nc_model model = {.name = "Other", .input_rank = 3, .outputs = 10, .classes = 1,
                                       .input_shape = {kinds[k].channels, kinds[k].size, kinds[k].size}};
        struct nc_run run = {.model = &model, .program = "test"};
        struct nc_data *data = kept[k] = nc_shapes(&run, "shapes", 0, "class", kinds[k].size, kinds[k].channels);
        nc_to_tensor(data);
        data->load(data);
        ck_assert_int_eq(data->sample_bytes, bytes);
        for (int i = 0; i < kinds[k].pictures; i++) {
            const unsigned char *sample = nc_data_sample(data, i);
            int least = 255, most = 0;
            for (int b = 0; b < bytes; b++) {
                const int byte = sample[b];
                least = byte < least ? byte : least;
                most = byte > most ? byte : most;
            }
            ck_assert_int_gt(most - least, 30);
        }
        if (k == 1)
            ck_assert_uint_eq(hash(all(data), (size_t)TEST * bytes), 0x72d420efc1cd3b9cu);
    }
}
END_TEST

/* A mask has the class of the shape, where the shape is, and nothing else. */
START_TEST(masks)
{
    const struct nc_loss loss = {.places = 32 * 32, .ignore_index = -100};
    const struct nc_model model = {.name = "Dense", .input_rank = 3, .input_shape = {3, 32, 32}, .classes = 1,
                                   .outputs = 11 * 32 * 32, .output_rank = 3, .output_shape = {11, 32, 32},
                                   .loss = &loss};
    struct nc_run run, dense = {.model = &model, .program = "test"};
    struct nc_data *plain = draw(&run, 0);
    struct nc_data *data = kept[kept_count++ % 8] = nc_shapes(&dense, "masks", 0, "mask", 32, 3);
    nc_to_tensor(data);
    data->load(data);
    ck_assert(data->classes == 11 && data->places == 1024 && nc_label_count(data) == TEST * 1024);
    ck_assert_str_eq(data->class_names[1], "circle");
    ck_assert(memcmp(all(data), all(plain), (size_t)TEST * PIXELS) == 0);
    for (int i = 0; i < TEST; i++) {
        int count = 0;
        for (int p = 0; p < 1024; p++) {
            const int label = data->labels[i * 1024 + p];
            ck_assert(label == 0 || label == plain->labels[i] + 1);
            count += label != 0;
        }
        ck_assert_int_gt(count, 8);
    }
    ck_assert_uint_eq(hash(data->labels, (size_t)TEST * 1024 * sizeof(int)), 0x9ffbcde0d625ca8cu);
}
END_TEST

/* ---- Transforms -------------------------------------------------------------------------------------------------- */

static const double MEAN[] = {0.4914, 0.4822, 0.4465}, STD[] = {0.2470, 0.2435, 0.2616}, ZEROS[] = {0, 0, 0};

START_TEST(to_tensor_is_torchs)
{
    struct nc_run run;
    struct nc_data *data = draw(&run, 0);
    for (int c = 0; c < 3; c++)
        ck_assert_mem_eq(data->pixel[c], to_tensor_bits, sizeof to_tensor_bits);
}
END_TEST

START_TEST(normalize_is_torchs)
{
    struct nc_run run = {.model = &MODEL, .program = "test"};
    struct nc_data *data = kept[0] = nc_shapes(&run, "shapes", 0, "class", 32, 3);
    nc_to_tensor(data);
    nc_normalize(data, MEAN, STD, 3);
    data->load(data);
    for (int c = 0; c < 3; c++)
        ck_assert_mem_eq(data->pixel[c], normalize_bits + c * 256, 256 * sizeof(float));
}
END_TEST

static void without_to_tensor(void *context)
{
    struct nc_run run = {.model = context, .program = "test"};
    struct nc_data *data = nc_shapes(&run, "shapes", 0, "class", 32, 3);
    data->load(data);
}

static void two_channels(void *context)
{
    struct nc_run run = {.model = context, .program = "test"};
    struct nc_data *data = nc_shapes(&run, "shapes", 0, "class", 32, 3);
    nc_to_tensor(data);
    nc_normalize(data, MEAN, STD, 2);
    data->load(data);
}

static void zero_std(void *context)
{
    struct nc_run run = {.model = context, .program = "test"};
    struct nc_data *data = nc_shapes(&run, "shapes", 0, "class", 32, 3);
    nc_to_tensor(data);
    nc_normalize(data, MEAN, ZEROS, 3);
}

static void other_model(void *context)
{
    struct nc_run run;
    struct nc_model model = MODEL;
    (void)context;
    model.input_shape[1] = 28;
    run = (struct nc_run){.model = &model, .program = "test"};
    struct nc_data *data = nc_shapes(&run, "shapes", 0, "class", 32, 3);
    nc_to_tensor(data);
    data->load(data);
}

static void few_outputs(void *context)
{
    struct nc_run run;
    struct nc_model model = MODEL;
    (void)context;
    model.outputs = 9;
    run = (struct nc_run){.model = &model, .program = "test"};
    struct nc_data *data = nc_shapes(&run, "shapes", 0, "class", 32, 3);
    nc_to_tensor(data);
    data->load(data);
}

START_TEST(what_does_not_fit_is_refused)
{
    expect_failure(without_to_tensor, (void *)&MODEL, "shapes: a model needs tensors, and Shapes gives pictures");
    expect_failure(two_channels, (void *)&MODEL, "shapes: Normalize for 2 channels, but Shapes has 3");
    expect_failure(zero_std, (void *)&MODEL, "shapes: Normalize divides by std[0] = 0");
    expect_failure(other_model, NULL, "Shapes gives samples of 3x32x32, which is not the input of Small");
    expect_failure(few_outputs, NULL, "Shapes has 10 classes, but Small has 9 outputs");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("shapes");
    TCase *shapes = tcase_create("shapes"), *transforms = tcase_create("transforms");
    tcase_set_timeout(shapes, 60);
    tcase_add_test(shapes, the_same_everywhere);
    tcase_add_test(shapes, all_classes_are_there);
    tcase_add_test(shapes, masks);
    tcase_add_test(shapes, parts_differ);
    tcase_add_test(shapes, other_sizes);
    suite_add_tcase(suite, shapes);
    tcase_set_timeout(transforms, 60);
    tcase_add_test(transforms, to_tensor_is_torchs);
    tcase_add_test(transforms, normalize_is_torchs);
    tcase_add_test(transforms, what_does_not_fit_is_refused);
    suite_add_tcase(suite, transforms);
    return run_suite(suite);
}
