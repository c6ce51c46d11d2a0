/* MNIST and its kin: plain and packed files give the same samples; what is missing, cut or damaged is told. The files
 * are made here; with NETC_DATA=FOLDER the real ones in FOLDER are read too. */
#include <sys/stat.h>
#include <zlib.h>

#include "fails.h"
#include "internal.h"
#include "suite.h"

enum { COUNT = 50, PIXELS = 28 * 28, QMNIST_COUNT = 10003 };

static struct nc_model model = {
    .name = "Small", .input_rank = 3, .input_shape = {1, 28, 28}, .outputs = 10, .classes = 1,
};
static char folder[64];

static void start(void)
{
    make_folder(folder);
    model.outputs = 10;
}

static void finish(void)
{
    remove_folder(folder);
}

static const char *in_folder(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static unsigned char pixel(int picture, int i)
{
    return (unsigned char)(picture * 31 + i * 7 + (i >> 8));
}

/* Bytes of an idx file, in memory that the caller frees. `extents` begins with the number of samples. */
static unsigned char *make_idx(int type, int axes, const unsigned *extents, size_t *size)
{
    size_t elements = type == 0x0c ? 4 : 1, at = 4;
    for (int i = 0; i < axes; i++)
        elements *= extents[i];
    *size = 4 + 4 * (size_t)axes + elements;
    unsigned char *bytes = calloc(1, *size);
    bytes[2] = (unsigned char)type;
    bytes[3] = (unsigned char)axes;
    for (int i = 0; i < axes; i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            bytes[at++] = (unsigned char)(extents[i] >> shift);
    return bytes;
}

static unsigned char *make_images(unsigned count, size_t *size)
{
    unsigned char *bytes = make_idx(8, 3, (const unsigned[]){count, 28, 28}, size);
    for (unsigned n = 0; n < count; n++)
        for (int i = 0; i < PIXELS; i++)
            bytes[16 + n * PIXELS + (unsigned)i] = pixel((int)n, i);
    return bytes;
}

static unsigned char *make_labels(unsigned count, size_t *size)
{
    unsigned char *bytes = make_idx(8, 1, &count, size);
    for (unsigned n = 0; n < count; n++)
        bytes[8 + n] = (unsigned char)(n * 3 % 10);
    return bytes;
}

static void write_gz(const char *name, const void *bytes, size_t size)
{
    gzFile file = gzopen(in_folder(name), "wb1");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, bytes, (unsigned)size), (int)size);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

static void write_either(int packed, const char *name, unsigned char *bytes, size_t size)
{
    char path[256];
    snprintf(path, sizeof path, "%s%s", name, packed ? ".gz" : "");
    if (packed)
        write_gz(path, bytes, size);
    else
        write_file(folder, path, bytes, size);
    free(bytes);
}

static void make_folders(const char *kind)
{
    char path[128];
    ck_assert_int_eq(mkdir(in_folder(kind), 0777), 0);
    snprintf(path, sizeof path, "%s/raw", kind);
    ck_assert_int_eq(mkdir(in_folder(path), 0777), 0);
}

static void write_test_part(int packed)
{
    size_t size;
    unsigned char *bytes = make_images(COUNT, &size);
    write_either(packed, "t10k-images-idx3-ubyte", bytes, size);
    bytes = make_labels(COUNT, &size);
    write_either(packed, "t10k-labels-idx1-ubyte", bytes, size);
}

/* Data sets live until the program ends. */
static struct nc_data *kept[4];
static int kept_count;

static struct nc_data *load(struct nc_data *data)
{
    kept[kept_count++ % 4] = data;
    nc_to_tensor(data);
    data->load(data);
    return data;
}

static struct nc_run run;

static struct nc_run *new_run(const char *root)
{
    run = (struct nc_run){.model = &model, .program = "test", .data_folder = root};
    return &run;
}

static void check_samples(struct nc_data *data, int count, int first)
{
    ck_assert_int_eq(data->count, count);
    ck_assert_int_eq(data->rank, 3);
    ck_assert(data->shape[0] == 1 && data->shape[1] == 28 && data->shape[2] == 28);
    for (int n = 0; n < count; n++) {
        const unsigned char *sample = nc_data_sample(data, n);
        ck_assert_int_eq(data->labels[n], (first + n) * 3 % 10);
        ck_assert_uint_eq(sample[0], pixel(first + n, 0));
        ck_assert_uint_eq(sample[PIXELS - 1], pixel(first + n, PIXELS - 1));
    }
}

START_TEST(plain_and_packed)
{
    write_test_part(_i);
    struct nc_data *data = load(nc_mnist(new_run(folder), "set", "elsewhere", 0));
    check_samples(data, COUNT, 0);
    ck_assert_int_eq(data->classes, 10);
    ck_assert_str_eq(data->class_names[3], "3 - three");
}
END_TEST

START_TEST(folders_of_torchvision)
{
    size_t size;
    make_folders("FashionMNIST");
    unsigned char *bytes = make_images(COUNT, &size);
    write_either(0, "FashionMNIST/raw/train-images-idx3-ubyte", bytes, size);
    bytes = make_labels(COUNT, &size);
    write_either(1, "FashionMNIST/raw/train-labels-idx1-ubyte", bytes, size); /* one packed, the other not */
    struct nc_data *data = load(nc_fashion_mnist(new_run(folder), "set", "elsewhere", 1));
    check_samples(data, COUNT, 0);
    ck_assert_str_eq(data->class_names[9], "Ankle boot");
}
END_TEST

/* Labels of eight numbers; the first 10000 of the test part, and the others. */
START_TEST(qmnist)
{
    static const char *const what[] = {NULL, "test10k", "test50k"};
    static const int counts[] = {QMNIST_COUNT, 10000, QMNIST_COUNT - 10000};
    size_t size;
    unsigned char *bytes = make_images(QMNIST_COUNT, &size);
    write_either(0, "qmnist-test-images-idx3-ubyte", bytes, size);
    bytes = make_idx(0x0c, 2, (const unsigned[]){QMNIST_COUNT, 8}, &size);
    for (unsigned n = 0; n < QMNIST_COUNT; n++)
        bytes[12 + n * 32 + 3] = (unsigned char)(n * 3 % 10);
    write_either(1, "qmnist-test-labels-idx2-int", bytes, size);
    for (int i = 0; i < 3; i++)
        check_samples(load(nc_qmnist(new_run(folder), "set", "elsewhere", what[i], 0)), counts[i], i == 2 ? 10000 : 0);
}
END_TEST

START_TEST(emnist)
{
    size_t size;
    unsigned char *bytes = make_images(COUNT, &size);
    write_either(0, "emnist-bymerge-test-images-idx3-ubyte", bytes, size);
    bytes = make_labels(COUNT, &size);
    write_either(0, "emnist-bymerge-test-labels-idx1-ubyte", bytes, size);
    model.outputs = 47;
    struct nc_data *data = load(nc_emnist(new_run(folder), "set", "elsewhere", "bymerge", 0));
    check_samples(data, COUNT, 0);
    ck_assert_int_eq(data->classes, 47);
    ck_assert_str_eq(data->class_names[46], "t");
}
END_TEST

/* ---- What is refused --------------------------------------------------------------------------------------------- */

static void read_part(void *root, int train)
{
    load(nc_mnist(new_run(root), "set", "elsewhere", train));
}

static void read_test_part(void *root)
{
    read_part(root, 0);
}

static void read_train_part(void *root)
{
    read_part(root, 1);
}

START_TEST(missing)
{
    char words[512];
    snprintf(words, sizeof words, "set: there is no MNIST in %s: no t10k-images-idx3-ubyte, plain or .gz, in "
             "%s/MNIST/raw, in %s/raw or in %s itself", folder, folder, folder, folder);
    expect_failure(read_test_part, folder, words);
    write_test_part(0);
    expect_failure(read_train_part, folder, "only the test part of MNIST is there");
    expect_failure(read_train_part, folder, "there is no train-images-idx3-ubyte and no train-images-idx3-ubyte.gz in");
    unlink(in_folder("t10k-labels-idx1-ubyte"));
    expect_failure(read_test_part, folder, "t10k-labels-idx1-ubyte.gz: No such file or directory");
}
END_TEST

/* Byte `at` of the pictures becomes `value`, and the file `size` bytes long. */
static void expect_damage(int packed, size_t at, int value, size_t size, const char *words)
{
    size_t whole;
    write_test_part(packed);
    unsigned char *bytes = make_images(COUNT, &whole), *damaged = calloc(1, size + whole);
    memcpy(damaged, bytes, whole);
    damaged[at] = (unsigned char)value;
    free(bytes);
    write_either(packed, "t10k-images-idx3-ubyte", damaged, size);
    expect_failure(read_test_part, folder, words);
}

START_TEST(damaged)
{
    enum { WHOLE = 16 + COUNT * PIXELS };
    expect_damage(_i, 2, 9, WHOLE, "begins with the bytes 00 00 09 03; an idx file of pictures has 00 00 08 03");
    expect_damage(_i, 3, 1, WHOLE, "begins with the bytes 00 00 08 01");
    expect_damage(_i, 0, 0, 0, "has 0 bytes, fewer than an idx file begins with");
    expect_damage(_i, 0, 0, 15, "has 15 bytes, fewer than an idx file begins with");
    expect_damage(_i, 0, 0, WHOLE - 1, _i ? "cannot be unpacked: it ends too early" : "has 39215 bytes; 39216 are");
    expect_damage(_i, 0, 0, WHOLE + 1, _i ? "cannot be unpacked: there is more than is expected" : "has 39217 bytes");
    expect_damage(_i, 4, 255, WHOLE, _i ? "too few for the 4278190130 samples that it claims" : "39216 bytes; 33541");
    expect_damage(_i, 8, 255, WHOLE, "has an axis of 4278190108");
    expect_damage(_i, 7, 0, 16, "has 0 pictures, but");
}
END_TEST

START_TEST(damaged_gz)
{
    struct stat status;
    write_test_part(1);
    ck_assert_int_eq(stat(in_folder("t10k-images-idx3-ubyte.gz"), &status), 0);
    ck_assert_int_eq(truncate(in_folder("t10k-images-idx3-ubyte.gz"), status.st_size - 3), 0);
    expect_failure(read_test_part, folder, "cannot be unpacked");
    ck_assert_int_eq(truncate(in_folder("t10k-images-idx3-ubyte.gz"), 12), 0);
    expect_failure(read_test_part, folder, "fewer than an idx file begins with");
    write_file(folder, "t10k-images-idx3-ubyte.gz", "no gzip", 7);
    expect_failure(read_test_part, folder, "is no gzip file");
    write_file(folder, "t10k-images-idx3-ubyte.gz", "", 0);
    expect_failure(read_test_part, folder, "is no gzip file");
    write_test_part(1);
    FILE *file = fopen(in_folder("t10k-images-idx3-ubyte.gz"), "r+b"); /* a wrong sum */
    ck_assert_int_eq(fseek(file, -8, SEEK_END), 0);
    fputc(77, file);
    fclose(file);
    expect_failure(read_test_part, folder, "cannot be unpacked: incorrect data check");
    write_test_part(1);
    file = fopen(in_folder("t10k-images-idx3-ubyte.gz"), "ab");
    fputs("more", file);
    fclose(file);
    expect_failure(read_test_part, folder, "cannot be unpacked: there is more than is expected");
}
END_TEST

START_TEST(wrong_labels)
{
    size_t size;
    write_test_part(0);
    unsigned char *bytes = make_labels(COUNT, &size);
    bytes[8 + 17] = 10;
    write_either(0, "t10k-labels-idx1-ubyte", bytes, size);
    expect_failure(read_test_part, folder, "sample 17 has the label 10; 0 to 9 are possible");
    bytes = make_labels(COUNT - 1, &size);
    write_either(0, "t10k-labels-idx1-ubyte", bytes, size);
    expect_failure(read_test_part, folder, "has 50 pictures, but");
    bytes = make_idx(8, 3, (const unsigned[]){COUNT, 28, 29}, &size);
    write_either(0, "t10k-images-idx3-ubyte", bytes, size);
    expect_failure(read_test_part, folder, "has pictures of 28x29; those of MNIST are 28x28");
}
END_TEST

/* ---- The real files ---------------------------------------------------------------------------------------------- */

START_TEST(real_files_agree)
{
    const char *root = getenv("NETC_DATA");
    char path[512];
    if (!root) {
        printf("# real_files_agree: skipped, NETC_DATA is not set\n");
        return;
    }
    struct nc_data *plain = load(nc_mnist(new_run(root), "set", "elsewhere", 0));
    ck_assert_int_eq(plain->count, 10000);
    ck_assert_int_eq(plain->labels[0], 7);
    snprintf(path, sizeof path, "cp '%s/MNIST/raw/'t10k*.gz '%s'", root, folder);
    ck_assert_int_eq(system(path), 0);
    struct nc_data *packed = load(nc_mnist(new_run(folder), "set", "elsewhere", 0));
    for (int i = 0; i < 10000; i++)
        ck_assert_mem_eq(nc_data_sample(plain, i), nc_data_sample(packed, i), PIXELS);
    ck_assert_mem_eq(plain->labels, packed->labels, 10000 * sizeof(int));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("idx");
    TCase *core = tcase_create("core"), *wrong = tcase_create("wrong");
    tcase_add_checked_fixture(core, start, finish);
    tcase_add_loop_test(core, plain_and_packed, 0, 2);
    tcase_add_test(core, folders_of_torchvision);
    tcase_add_test(core, qmnist);
    tcase_add_test(core, emnist);
    tcase_add_test(core, real_files_agree);
    suite_add_tcase(suite, core);
    tcase_add_checked_fixture(wrong, start, finish);
    tcase_set_timeout(wrong, 60);
    tcase_add_test(wrong, missing);
    tcase_add_loop_test(wrong, damaged, 0, 2);
    tcase_add_test(wrong, damaged_gz);
    tcase_add_test(wrong, wrong_labels);
    suite_add_tcase(suite, wrong);
    return run_suite(suite);
}
