/* Transforms: torchvision's pictures and draws, to the bit (transforms_fixture.h).
 *
 * A case is a line, "Resize 32 0 2 0 | 50 33 3 | 7": the maker's numbers, a picture's width, height and channels, the
 * seed. Its result is a line too: the size that comes out, the sum of its bytes, and the next number that the generator
 * gives, so that a draw too many or too few shows. With an argument, the program reads cases from standard input and
 * prints their results: tests/parity/transforms.py compares those with torchvision's, live. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image/transform.h"
#include "transforms_fixture.h"
#include "suite.h"

enum { NUMBERS = 24, LINE = 1024 };

/* ---- Cases ------------------------------------------------------------------------------------------------------- */

/* Ends the program, under Check and without it. */
static void need(int there, const char *what)
{
    if (there)
        return;
    fprintf(stderr, "no %s\n", what);
    abort();
}

static struct nc_border border_at(const double *n)
{
    return (struct nc_border){(enum nc_padding)n[0], {(int)n[2], (int)n[3], (int)n[4]}, (int)n[1]};
}

static void whole(const double *from, int count, int *to)
{
    for (int i = 0; i < count; i++)
        to[i] = (int)from[i];
}

static struct nc_transform *make(const char *name, const double *n)
{
    int padding[4];
    if (strcmp(name, "Resize") == 0)
        return nc_resize_new((int)n[0], (int)n[1], (enum nc_interpolation)n[2], (int)n[3]);
    if (strcmp(name, "CenterCrop") == 0)
        return nc_center_crop_new((int)n[0], (int)n[1]);
    if (strcmp(name, "Pad") == 0) {
        whole(n, 4, padding);
        return nc_pad_new(padding, border_at(n + 4));
    }
    if (strcmp(name, "RandomCrop") == 0) {
        whole(n + 2, 4, padding);
        return nc_random_crop_new((int)n[0], (int)n[1], padding, (int)n[6], border_at(n + 7));
    }
    if (strcmp(name, "RandomResizedCrop") == 0)
        return nc_random_resized_crop_new((int)n[0], (int)n[1], n + 2, n + 4, (enum nc_interpolation)n[6]);
    if (strcmp(name, "RandomHorizontalFlip") == 0)
        return nc_random_horizontal_flip_new(n[0]);
    if (strcmp(name, "RandomVerticalFlip") == 0)
        return nc_random_vertical_flip_new(n[0]);
    if (strcmp(name, "RandomRotation") == 0)
        return nc_random_rotation_new(n, (enum nc_interpolation)n[2], (int)n[3], n[4] != 0 ? n + 5 : NULL,
                                      border_at(n + 7));
    if (strcmp(name, "ColorJitter") == 0)
        return nc_color_jitter_new(n, n + 2, n + 4, n + 6);
    if (strcmp(name, "Grayscale") == 0)
        return nc_grayscale_new((int)n[0]);
    if (strcmp(name, "RandomGrayscale") == 0)
        return nc_random_grayscale_new(n[0]);
    if (strcmp(name, "RandomErasing") == 0)
        return nc_random_erasing_new(n[0], n + 1, n + 3, n[5] > 0 ? n + 6 : NULL, (int)n[5]);
    return NULL;
}

/* The numbers up to the next bar or the end, and where it goes on. */
static const char *numbers(const char *at, double *to)
{
    char *end;
    for (int i = 0; i < NUMBERS; i++, at = end) {
        to[i] = strtod(at, &end);
        if (end == at)
            break;
    }
    return at + strspn(at, " |");
}

static unsigned sum_of(const void *data, size_t bytes)
{
    unsigned sum = ~0u; /* CRC-32, as zlib's */
    for (const unsigned char *at = data, *end = at + bytes; at < end; at++) {
        sum ^= *at;
        for (int bit = 0; bit < 8; bit++)
            sum = sum >> 1 ^ (-(sum & 1u) & 0xedb88320u);
    }
    return ~sum;
}

/* Noise: the high bytes of a linear congruential generator. */
static void draw_noise(struct nc_image *image, int width, int height, int channels)
{
    unsigned x = (unsigned)(width * 1000 + height);
    need(nc_image_shape(image, width, height, channels), "room");
    for (int i = 0; i < width * height * channels; i++) {
        x = x * 1664525u + 1013904223u;
        image->bytes[i] = (unsigned char)(x >> 24);
    }
}

/* The sum of what a transform of tensors makes of ToTensor's. */
static unsigned transform_floats(const struct nc_transform *t, const struct nc_choice *choice,
                                 const struct nc_image *image, struct nc_size size)
{
    size_t pixels = (size_t)size.width * size.height, count = pixels * size.channels;
    float *tensor = malloc(count * sizeof *tensor);
    need(tensor != NULL, "room");
    for (size_t i = 0; i < count; i++)
        tensor[i % size.channels * pixels + i / size.channels] = (float)image->bytes[i] / 255.0f;
    need(t->apply_floats(t, choice, tensor, size), "room");
    unsigned sum = sum_of(tensor, count * sizeof *tensor);
    free(tensor);
    return sum;
}

static void run(const char *line, char result[LINE])
{
    char name[32];
    int length;
    double argument[NUMBERS], shape[NUMBERS], seed[NUMBERS];
    need(sscanf(line, "%31s%n", name, &length) == 1, "a name");
    numbers(numbers(numbers(line + length, argument), shape), seed);
    struct nc_transform *t = make(name, argument);
    need(t != NULL, "a transform");
    struct nc_random random = {0};
    nc_random_seed(&random, (unsigned long long)seed[0]);
    struct nc_image image = {0}, spare = {0};
    struct nc_choice choice = {0};
    struct nc_size size = {(int)shape[0], (int)shape[1], (int)shape[2]};
    draw_noise(&image, size.width, size.height, size.channels);
    char error[NC_IMAGE_ERROR];
    if (!t->plan(t, t->random ? &random : NULL, &size, &choice, error)) {
        snprintf(result, LINE, "refused: %s", error);
    } else {
        unsigned sum;
        if (t->apply != NULL) {
            need(t->apply(t, &choice, &image, &spare), "room");
            need(image.width == size.width && image.height == size.height && image.channels == size.channels,
                 "the size that was planned");
            sum = sum_of(image.bytes, (size_t)image.width * image.height * image.channels);
        } else {
            sum = transform_floats(t, &choice, &image, size);
        }
        snprintf(result, LINE, "%d %d %d %08x %u", size.width, size.height, size.channels, sum,
                 nc_random32(&random) & 0xffffff);
    }
    nc_image_free(&image);
    nc_image_free(&spare);
    nc_choice_free(&choice);
    nc_transform_free(t);
}

/* ---- Tests ------------------------------------------------------------------------------------------------------- */

START_TEST(as_torchvision)
{
    char result[LINE];
    run(transform_fixture[_i].line, result);
    ck_assert_msg(strcmp(result, transform_fixture[_i].result) == 0, "%s: %s instead of %s",
                  transform_fixture[_i].line, result, transform_fixture[_i].result);
}
END_TEST

static const struct {
    const char *line, *result;
} refused[] = {
    {"RandomCrop 32 30 0 0 0 0 0 0 1 0 0 0 | 20 40 3 | 0", "RandomCrop((32, 30)) does not fit in a picture of 20x40"},
    {"RandomCrop 32 30 1 1 1 1 0 0 1 0 0 0 | 20 40 3 | 0",
     "RandomCrop((32, 30)) does not fit in a picture of 20x40, padded as it is"},
    {"RandomCrop 9 2000000000 0 0 0 0 1 0 1 0 0 0 | 20 40 3 | 0",
     "RandomCrop((9, 2000000000)) does not fit in a picture of 20x40, padded as it is"},
    {"RandomCrop 3 3 0 0 0 0 0 0 3 0 0 0 | 20 40 1 | 0", "fill has 3 numbers, but the picture has 1 channel"},
    {"Resize 5 0 0 23 | 97 1 1 | 0", "Resize would make a picture of 23x0 out of 97x1"},
    {"Resize 1000000 0 2 0 | 1 1000 3 | 0", "Resize would make a picture of 1000000x1000000000 out of 1x1000"},
    {"CenterCrop 100000 90000 | 8 7 3 | 0", "CenterCrop would make a picture of 90000x100000 out of 8x7"},
    {"Pad -5 0 -3 0 0 1 0 0 0 | 8 7 3 | 0", "Pad would make a picture of 0x7 out of 8x7"},
    {"Pad 2000000000 0 2000000000 0 0 1 0 0 0 | 8 7 3 | 0", "Pad would make a picture of 0x7 out of 8x7"},
    {"Pad 1 1 1 1 0 3 0 0 0 | 8 7 1 | 0", "fill has 3 numbers, but the picture has 1 channel"},
    {"RandomRotation 10 10 2 1 1 1e300 1e300 0 1 0 0 0 | 8 7 3 | 0",
     "RandomRotation would make a picture of 0x0 out of 8x7"},
    {"RandomErasing 1 0.1 0.2 1 1 2 0 0 | 8 7 3 | 0", "RandomErasing has 2 values for 3 channels"},
};

START_TEST(refusals)
{
    char result[LINE], expected[LINE];
    snprintf(expected, sizeof expected, "refused: %s", refused[_i].result);
    run(refused[_i].line, result);
    ck_assert_str_eq(result, expected);
}
END_TEST

/* After ToTensor a flip is the same flip. */
START_TEST(flips_of_tensors)
{
    enum { WIDTH = 5, HEIGHT = 3, PIXELS = WIDTH * HEIGHT };
    struct nc_transform *flips[2] = {nc_random_horizontal_flip_new(1), nc_random_vertical_flip_new(1)};
    for (int down = 0; down < 2; down++) {
        const struct nc_size size = {WIDTH, HEIGHT, 3};
        struct nc_choice choice = {.i = {1}};
        struct nc_image image = {0};
        float tensor[3 * PIXELS];
        draw_noise(&image, WIDTH, HEIGHT, 3);
        for (int i = 0; i < 3 * PIXELS; i++)
            tensor[i % 3 * PIXELS + i / 3] = image.bytes[i];
        ck_assert(flips[down]->apply(flips[down], &choice, &image, NULL));
        ck_assert(flips[down]->apply_floats(flips[down], &choice, tensor, size));
        for (int i = 0; i < 3 * PIXELS; i++)
            ck_assert_float_eq(tensor[i % 3 * PIXELS + i / 3], image.bytes[i]);
        nc_image_free(&image);
        nc_transform_free(flips[down]);
    }
}
END_TEST

/* What an alternating flip does in one epoch it does to the others in the next, and to about half of all in each; it
 * draws nothing. */
START_TEST(flips_that_alternate)
{
    enum { SAMPLES = 1000 };
    struct nc_transform *flip = nc_alternating_flip_new();
    int flipped[3] = {0};
    char error[NC_IMAGE_ERROR];
    for (int sample = 0; sample < SAMPLES; sample++) {
        int chosen[3];
        for (int epoch = 0; epoch < 3; epoch++) {
            struct nc_choice choice = {.sample = sample, .epoch = epoch};
            struct nc_size size = {4, 4, 3};
            ck_assert(flip->plan(flip, NULL, &size, &choice, error));
            flipped[epoch] += chosen[epoch] = choice.i[0];
        }
        ck_assert_int_eq(chosen[0] + chosen[1], 1);
        ck_assert_int_eq(chosen[0], chosen[2]);
    }
    ck_assert_int_eq(flipped[0] + flipped[1], SAMPLES);
    ck_assert_int_lt(abs(flipped[0] - SAMPLES / 2), SAMPLES / 20);
    nc_transform_free(flip);
}
END_TEST

/* A choice serves one sample after another, and its picture can be made twice. */
START_TEST(choices_are_used_again)
{
    const double scale[2] = {0.2, 0.4}, ratio[2] = {0.5, 2};
    struct nc_transform *t = nc_random_erasing_new(1, scale, ratio, NULL, 0);
    struct nc_choice choice = {0};
    struct nc_random random = {0};
    float first[3 * 64], second[3 * 64];
    char error[NC_IMAGE_ERROR];
    nc_random_seed(&random, 3);
    for (int sample = 0; sample < 3; sample++) {
        struct nc_size size = {8, 8, 3};
        memset(first, 0, sizeof first);
        memset(second, 0, sizeof second);
        ck_assert(t->plan(t, &random, &size, &choice, error));
        ck_assert(t->apply_floats(t, &choice, first, size) && t->apply_floats(t, &choice, second, size));
        ck_assert_mem_eq(first, second, sizeof first);
    }
    nc_choice_free(&choice);
    nc_transform_free(t);
}
END_TEST

int main(int argc, char **argv)
{
    if (argc > 1) {
        char line[LINE], result[LINE];
        while (fgets(line, sizeof line, stdin) != NULL) {
            run(line, result);
            puts(result);
        }
        return strcmp(argv[1], "-") != 0;
    }
    Suite *suite = suite_create("transforms");
    TCase *tests = tcase_create("transforms");
    tcase_add_loop_test(tests, as_torchvision, 0, sizeof transform_fixture / sizeof transform_fixture[0]);
    tcase_add_loop_test(tests, refusals, 0, sizeof refused / sizeof refused[0]);
    tcase_add_test(tests, flips_of_tensors);
    tcase_add_test(tests, flips_that_alternate);
    tcase_add_test(tests, choices_are_used_again);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
