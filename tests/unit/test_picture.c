/* Decoding pictures: the files of tests/fixtures/pictures give PIL's pixels or the refusal that sums.txt has; and no
 * file, cut anywhere or damaged anywhere, does more than be decoded or refused. */
#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>

#include "fails.h"
#include "image/text.h"
#include "image/write_png.h"
#include "picture_sum.h"
#include "suite.h"

enum { MAX_FILES = 500 };

static struct fixture {
    char name[100], expected[200]; /* what follows the name in sums.txt */
    unsigned char *bytes;
    long long size;
} fixtures[MAX_FILES];
static int fixture_count;

static void read_file(struct fixture *f, const char *path)
{
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    fseek(file, 0, SEEK_END);
    f->size = ftell(file);
    rewind(file);
    f->bytes = malloc((size_t)f->size + 1); /* of the very size below, for the address sanitizer */
    ck_assert_uint_eq(fread(f->bytes, 1, (size_t)f->size, file), f->size);
    fclose(file);
}

static void read_fixtures(void)
{
    char path[1000];
    FILE *list = fopen(PICTURES "/sums.txt", "r");
    ck_assert_ptr_nonnull(list);
    while (fscanf(list, "%99s %199[^\n]", fixtures[fixture_count].name, fixtures[fixture_count].expected) == 2) {
        snprintf(path, sizeof path, PICTURES "/%s", fixtures[fixture_count].name);
        read_file(&fixtures[fixture_count++], path);
        ck_assert_int_lt(fixture_count, MAX_FILES);
    }
    fclose(list);
    ck_assert_int_gt(fixture_count, 20);
}

static void free_fixtures(void)
{
    while (fixture_count > 0)
        free(fixtures[--fixture_count].bytes);
}

/* What is expected of a refusal are words of it. */
static int as_expected(const struct fixture *f, const char *line)
{
    static const char refused[] = "refused ";
    if (strncmp(f->expected, refused, strlen(refused)))
        return !strcmp(f->expected, line);
    return !strncmp(line, refused, strlen(refused)) && strstr(line, f->expected + strlen(refused));
}

START_TEST(pixels_are_pils)
{
    struct nc_image image = {0};
    char line[512];
    int wrong = 0;
    for (int i = 0; i < fixture_count; i++) {
        describe_picture(fixtures[i].bytes, fixtures[i].size, &image, line);
        if (!as_expected(&fixtures[i], line)) {
            wrong++;
            printf("# %s: wanted: %s; is: %s\n", fixtures[i].name, fixtures[i].expected, line);
        }
    }
    nc_image_free(&image);
    ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(a_scan_finds_the_size_that_decoding_gives)
{
    struct nc_image image = {0};
    for (int i = 0; i < fixture_count; i++) {
        struct nc_image_header header = {0};
        char error[NC_IMAGE_ERROR];
        if (!nc_image_decode(fixtures[i].bytes, fixtures[i].size, &image, error))
            continue;
        ck_assert_msg(nc_image_scan(fixtures[i].bytes, fixtures[i].size, &header, error), "%s: %s", fixtures[i].name,
                      error);
        ck_assert_int_eq(header.width, image.width);
        ck_assert_int_eq(header.height, image.height);
    }
    nc_image_free(&image);
}
END_TEST

START_TEST(a_gif_is_known)
{
    static const unsigned char gif[] = "GIF89a\1\0\1\0";
    struct nc_image_header header = {0};
    char error[NC_IMAGE_ERROR];
    ck_assert(nc_image_scan(gif, sizeof gif, &header, error));
    ck_assert_str_eq(header.format, "GIF");
}
END_TEST

static void *decode_all(void *context)
{
    int *wrong = context;
    struct nc_image image = {0};
    char line[512];
    for (int i = 0; i < fixture_count; i++) {
        describe_picture(fixtures[i].bytes, fixtures[i].size, &image, line);
        *wrong += !as_expected(&fixtures[i], line);
    }
    nc_image_free(&image);
    return NULL;
}

START_TEST(threads_decode_at_once)
{
    pthread_t threads[4];
    int wrong[4] = {0};
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, decode_all, &wrong[i]), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_int_eq(wrong[i], 0);
    }
}
END_TEST

/* In memory of the very size, so that the address sanitizer sees a byte too far. */
static void try_bytes(const unsigned char *bytes, long long size, struct nc_image *image)
{
    struct nc_image_header header;
    char error[NC_IMAGE_ERROR];
    unsigned char *copy = malloc((size_t)size);
    memcpy(copy, bytes, (size_t)size);
    nc_image_scan(copy, size, &header, error);
    error[0] = 0;
    if (!nc_image_decode(copy, size, image, error))
        ck_assert_str_ne(error, "");
    free(copy);
}

START_TEST(a_file_may_end_anywhere)
{
    struct nc_image image = {0};
    for (int i = 0; i < fixture_count; i++)
        for (long long size = 0; size < fixtures[i].size; size += size < 300 ? 1 : fixtures[i].size / 60 + 1)
            try_bytes(fixtures[i].bytes, size, &image);
    nc_image_free(&image);
}
END_TEST

/* Every byte of the first 300, where headers are, and some of the others, in several ways; the same ones each time. */
START_TEST(a_file_may_be_damaged_anywhere)
{
    static const unsigned char damage[] = {0x00, 0xff, 0x80, 0x7f, 0x01};
    struct nc_image image = {0};
    unsigned random = 1;
    for (int i = 0; i < fixture_count; i++) {
        for (long long at = 0; at < fixtures[i].size; at += at < 300 ? 1 : fixtures[i].size / 40 + 1) {
            unsigned char kept = fixtures[i].bytes[at];
            random = random * 1664525 + 1013904223;
            unsigned char other = damage[(random >> 16) % sizeof damage];
            fixtures[i].bytes[at] = other == kept ? (unsigned char)(kept + 1) : other;
            try_bytes(fixtures[i].bytes, fixtures[i].size, &image);
            fixtures[i].bytes[at] = kept;
        }
    }
    nc_image_free(&image);
}
END_TEST

static int count_files(const char *folder)
{
    int count = -2; /* . and .. */
    DIR *list = opendir(folder);
    ck_assert_ptr_nonnull(list);
    while (readdir(list))
        count++;
    closedir(list);
    return count;
}

static void fill(struct nc_image *image, int channels)
{
    ck_assert(nc_image_shape(image, 7, 5, channels));
    for (int i = 0; i < 7 * 5 * channels; i++)
        image->bytes[i] = (unsigned char)(i * 37);
}

START_TEST(a_png_that_is_written_is_read)
{
    static const int channels[] = {1, 3};
    struct nc_image written = {0}, read = {0};
    struct fixture file = {0};
    char folder[64], path[128], error[NC_IMAGE_ERROR];
    fill(&written, channels[_i]);
    make_folder(folder);
    snprintf(path, sizeof path, "%s/sheet.png", folder);
    for (int twice = 0; twice < 2; twice++) /* over the first one */
        ck_assert_msg(nc_image_write_png(&written, path, error), "%s", error);
    read_file(&file, path);
    ck_assert_msg(nc_image_decode(file.bytes, file.size, &read, error), "%s", error);
    ck_assert_int_eq(read.width, 7);
    ck_assert_int_eq(read.height, 5);
    for (int i = 0; i < 7 * 5 * 3; i++)
        ck_assert_int_eq(read.bytes[i], written.bytes[channels[_i] == 1 ? i / 3 : i]);
    ck_assert_int_eq(count_files(folder), 1);
    remove_folder(folder);
    free(file.bytes);
    nc_image_free(&written);
    nc_image_free(&read);
}
END_TEST

/* The pixels of `ink` in a picture of `width` x NC_LETTER_HEIGHT into which a text was put, and where the last is. */
static int written(const char *text, int width, int left, int cells, int *last)
{
    struct nc_image image = {0};
    int pixels = 0;
    *last = -1;
    ck_assert(nc_image_shape(&image, width, NC_LETTER_HEIGHT, 1));
    memset(image.bytes, 255, (size_t)(width * NC_LETTER_HEIGHT));
    nc_image_text(&image, left, 0, cells, text, 7);
    for (int i = 0; i < width * NC_LETTER_HEIGHT; i++) {
        ck_assert(image.bytes[i] == 255 || image.bytes[i] == 7);
        pixels += image.bytes[i] == 7;
        *last = image.bytes[i] == 7 && i % width > *last ? i % width : *last;
    }
    nc_image_free(&image);
    return pixels;
}

START_TEST(text_keeps_to_its_cells)
{
    int last, wide;
    ck_assert_int_eq(written("", 60, 0, 10, &last), 0);
    ck_assert_int_eq(written("ants", 60, 0, 0, &last), 0);
    ck_assert_int_gt(written("ants", 60, 0, 4, &last), 20);
    ck_assert_int_lt(last, 4 * NC_LETTER_WIDTH);
    written("automobiles", 90, 0, 5, &last); /* "aut.." */
    ck_assert_int_lt(last, 5 * NC_LETTER_WIDTH);
    ck_assert_int_ge(last, 4 * NC_LETTER_WIDTH);
    ck_assert_int_eq(written("automobiles", 60, 0, 1, &last), written(".", 60, 0, 1, &last));
    const int narrow = written("\t", 60, 0, 4, &last); /* boxes: of a control character, and of one that is wide */
    ck_assert_int_gt(written("\xe7\x8c\xab", 60, 0, 4, &wide), narrow);
    ck_assert_int_eq(wide, last + NC_LETTER_WIDTH);
    ck_assert_int_gt(written("\xff\xc3", 60, 0, 4, &last), 0); /* no UTF-8 */
    ck_assert_int_gt(written("\xc3\xa9", 60, 0, 4, &last), 0);
    ck_assert_int_lt(last, NC_LETTER_WIDTH);
}
END_TEST

START_TEST(text_outside_the_picture_is_left_out)
{
    int last;
    ck_assert_int_gt(written("ants", 1, 0, 4, &last), 0);
    ck_assert_int_gt(written("ants", 9, -10, 4, &last), 0);
    ck_assert_int_eq(written("ants", 9, 9, 4, &last), 0);
    ck_assert_int_eq(written("ants", 9, -100, 4, &last), 0);
}
END_TEST

START_TEST(a_png_that_cannot_be_written_leaves_nothing)
{
    struct nc_image image = {0};
    char folder[64], path[128], error[NC_IMAGE_ERROR];
    fill(&image, 3);
    make_folder(folder);
    snprintf(path, sizeof path, "%s/none/sheet.png", folder);
    ck_assert(!nc_image_write_png(&image, path, error));
    ck_assert_ptr_nonnull(strstr(error, "none/sheet.png: No such file"));
    snprintf(path, sizeof path, "%s/taken", folder); /* by a folder: the file cannot be renamed */
    ck_assert_int_eq(mkdir(path, 0777), 0);
    ck_assert(!nc_image_write_png(&image, path, error));
    ck_assert_ptr_nonnull(strstr(error, "cannot write"));
    ck_assert_int_eq(count_files(folder), 1);
    remove_folder(folder);
    nc_image_free(&image);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("picture");
    TCase *tests = tcase_create("all");
    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, read_fixtures, free_fixtures);
    tcase_add_test(tests, pixels_are_pils);
    tcase_add_test(tests, a_scan_finds_the_size_that_decoding_gives);
    tcase_add_test(tests, a_gif_is_known);
    tcase_add_test(tests, threads_decode_at_once);
    tcase_add_test(tests, a_file_may_end_anywhere);
    tcase_add_test(tests, a_file_may_be_damaged_anywhere);
    tcase_add_loop_test(tests, a_png_that_is_written_is_read, 0, 2);
    tcase_add_test(tests, a_png_that_cannot_be_written_leaves_nothing);
    tcase_add_test(tests, text_keeps_to_its_cells);
    tcase_add_test(tests, text_outside_the_picture_is_left_out);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
