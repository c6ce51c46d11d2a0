/* numpy's files: every type and order that numpy writes (tests/parity/make_arrays.py made them), and what is
 * refused. */
#include <math.h>

#include "data/npy.h"
#include "fails.h"
#include "suite.h"

static const struct nc_loss loss = {.ignore_index = -100};
static struct nc_model model;
static struct nc_run run = {.model = &model, .program = "test"};
static struct nc_data bare = {.run = &run, .name = "set"};
static char folder[64];

static void start(void)
{
    make_folder(folder);
    model = (struct nc_model){.name = "Small", .input_rank = 1, .input_shape = {4}, .outputs = 3, .classes = 1,
                              .loss = &loss};
}

static void finish(void)
{
    remove_folder(folder);
}

static const char *in_folder(const char *name)
{
    static char path[4][128];
    static int next;
    snprintf(path[++next % 4], sizeof path[0], "%s/%s", folder, name);
    return path[next % 4];
}

static const char *fixture(const char *name)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s", FIXTURES, name);
    return path;
}

/* The bytes of a file, in memory that the caller frees. */
static unsigned char *read_bytes(const char *path, size_t *size)
{
    unsigned char *bytes = malloc(1 << 16);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    *size = fread(bytes, 1, 1 << 16, file);
    fclose(file);
    return bytes;
}

static struct nc_array parse(const unsigned char *bytes, size_t size)
{
    struct nc_array array = {.data = &bare, .name = "x.npy"};
    nc_npy_parse(&array, bytes, size);
    return array;
}

static int expected(char kind, int i)
{
    int number = i * 37 % 101;
    return kind == 'b' ? number % 2 : kind == 'u' ? number : number - 50;
}

START_TEST(every_type)
{
    static const char *const names[] = {
        "f2_little", "f2_big", "f4_little", "f4_big", "f8_little", "f8_big", "i1_little", "i2_little", "i2_big",
        "i4_little", "i4_big", "i8_little", "i8_big", "u1_little", "u2_little", "u4_big", "u8_little", "b1_little",
        "fortran", "version2", "version3",
    };
    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        char name[64];
        size_t size;
        snprintf(name, sizeof name, "%s.npy", names[n]);
        unsigned char *bytes = read_bytes(fixture(name), &size);
        struct nc_array array = parse(bytes, size);
        ck_assert_msg(array.rank == 2 && array.shape[0] == 3 && array.shape[1] == 4, "%s", name);
        for (int i = 0; i < 12; i++)
            ck_assert_msg(nc_npy_value(&array, i) == expected(array.kind, i), "%s: element %d is %g", name, i,
                          nc_npy_value(&array, i));
        free(bytes);
    }
}
END_TEST

static void check_half(unsigned bits, double value)
{
    const unsigned char bytes[2] = {(unsigned char)bits, (unsigned char)(bits >> 8)};
    struct nc_array array = {.rank = 1, .shape = {1}, .elements = 1, .kind = 'f', .size = 2, .bytes = bytes};
    double got = nc_npy_value(&array, 0);
    ck_assert_msg(got == value || (isnan(got) && isnan(value)), "%04x gives %g", bits, got);
}

START_TEST(halves)
{
    check_half(0x3c00, 1);
    check_half(0xc000, -2);
    check_half(0x7bff, 65504);
    check_half(0x0001, 0x1p-24);
    check_half(0x0400, 0x1p-14);
    check_half(0x3555, 0.333251953125);
    check_half(0x7c00, INFINITY);
    check_half(0xfc00, -INFINITY);
    check_half(0x7e00, NAN);
}
END_TEST

/* ---- The data sets ----------------------------------------------------------------------------------------------- */

static struct nc_data *kept[8]; /* they live until the program ends */
static int kept_count;

static struct nc_data *load(struct nc_data *data)
{
    kept[kept_count++ % 8] = data;
    data->load(data);
    return data;
}

static const float *first(struct nc_data *data)
{
    return nc_data_sample(data, 0);
}

static void load_tokens(void *path)
{
    static const struct nc_column last[] = {{0, -1}};
    load(nc_npy(&run, "set", path, 1, last));
}

START_TEST(zipped)
{
    static const char *const names[] = {"stored.npz", "deflated.npz"};
    for (int n = 0; n < 2; n++) {
        struct nc_data *data = load(nc_npz(&run, "set", fixture(names[n]), "x", "y"));
        ck_assert(data->count == 3 && data->rank == 1 && data->shape[0] == 4 && data->classes == 3);
        ck_assert(data->labels[0] == 2 && data->labels[1] == 0 && data->labels[2] == 1);
        for (int i = 0; i < 12; i++)
            ck_assert(first(data)[i] == expected('f', i));
        ck_assert_ptr_null(data->fitting);
    }
}
END_TEST

START_TEST(targets)
{
    const struct nc_column last[] = {{0, -1}}, two[] = {{0, 3}, {0, 0}}, file[] = {{in_folder("y.npy"), 0}};
    char path[512];
    snprintf(path, sizeof path, "%s", fixture("f4_little.npy"));
    model.classes = 0;
    struct nc_data *data = load(nc_npy(&run, "set", path, 1, last));
    ck_assert(data->shape[0] == 3 && data->target_floats == 1 && data->targets[1] == expected('f', 7));
    ck_assert(first(data)[3] == expected('f', 4));
    data = load(nc_npy(&run, "set", path, 2, two));
    ck_assert(data->shape[0] == 2 && data->target_floats == 2);
    ck_assert(data->targets[2] == expected('f', 7) && data->targets[3] == expected('f', 4));
    ck_assert(first(data)[2] == expected('f', 5) && first(data)[3] == expected('f', 6));
    size_t size;
    unsigned char *bytes = read_bytes(fixture("fortran.npy"), &size);
    write_file(folder, "y.npy", bytes, size);
    free(bytes);
    data = load(nc_npy(&run, "set", path, 1, file));
    ck_assert(data->shape[0] == 4 && data->target_floats == 4 && data->targets[5] == expected('f', 5));
}
END_TEST

/* A class for each place of an output, as segmentation has them. */
static struct nc_loss dense = {.ignore_index = -100, .places = 4};

static struct nc_data *load_places(int classes, int count, const char *file)
{
    char path[512];
    model.output_rank = 2;
    model.output_shape[0] = classes;
    model.output_shape[1] = dense.places = count;
    model.outputs = classes * count;
    model.loss = &dense;
    snprintf(path, sizeof path, "%s", fixture("f4_little.npy"));
    const struct nc_column target[] = {{fixture(file), 0}};
    return load(nc_npy(&run, "set", path, 1, target));
}

static void load_too_many(void *file)
{
    load_places(74, 4, file);
}

static void load_other_shape(void *file)
{
    load_places(74, 2, file);
}

START_TEST(places)
{
    struct nc_data *data = load_places(102, 4, "u1_little.npy");
    ck_assert(data->classes == 102 && data->places == 4 && nc_label_count(data) == 12);
    for (int i = 0; i < 12; i++)
        ck_assert_int_eq(data->labels[i], expected('u', i));
    dense.ignore_index = 94; /* no class of 94, and so it stays */
    ck_assert_int_eq(load_places(94, 4, "u1_little.npy")->labels[8], 94);
    dense.ignore_index = -100;
    expect_failure(load_too_many, (void *)"u1_little.npy",
                   "u1_little.npy: [0], place 2: the class 74 is not among the 74 of Small, from 0 to 73\n"
                   "  hint: ignore_index of the loss");
    expect_failure(load_too_many, (void *)"i1_little.npy", "i1_little.npy: [0], place 0: the class -50 is not among");
    expect_failure(load_other_shape, (void *)"u1_little.npy",
                   "set: a target is (4), but the loss of Small wants a class for each place of the output, (2), or as "
                   "many probabilities as there are outputs");
}
END_TEST

START_TEST(standardized)
{
    const struct nc_column last[] = {{0, -1}};
    char path[512];
    long long bytes;
    snprintf(path, sizeof path, "%s", fixture("i2_big.npy"));
    model.classes = 0;
    model.input_shape[0] = 3;
    struct nc_data *data = nc_npy(&run, "set", path, 1, last);
    nc_standardize(data);
    nc_min_max(data, 0, 1);
    load(data);
    unsigned char *record = data->fitting->learn(data, NULL, 3, &bytes);
    data->fitting->apply(data, record, bytes, "train_data");
    free(record);
    for (int c = 0; c < 3; c++) {
        double a = expected('i', c), b = expected('i', 4 + c), z = expected('i', 8 + c);
        double low = fmin(a, fmin(b, z)), high = fmax(a, fmax(b, z));
        ck_assert_double_eq_tol(first(data)[3 + c], (b - low) / (high - low), 1e-6);
    }
}
END_TEST

/* Whole numbers for a model that takes tokens: as they lie in the file, or converted. */
START_TEST(tokens)
{
    static const char *const names[] = {"u1_little.npy", "i4_little.npy"};
    static const struct nc_column last[] = {{0, -1}};
    char path[512];
    for (int n = 0; n < 2; n++) {
        snprintf(path, sizeof path, "%s", fixture(names[n]));
        model.tokens = 101;
        model.classes = 0;
        if (n == 1) {
            expect_failure(load_tokens, path,
                           "number 0 of sample 0, -50, is no token: those of Small are whole numbers from 0 to 100");
            continue;
        }
        struct nc_data *data = load(nc_npy(&run, "set", path, 1, last));
        const int *token = nc_data_sample(data, 0);
        ck_assert(data->element == NC_INT && data->shape[0] == 3 && token[4] == expected('u', 5));
    }
}
END_TEST

/* Classes that are to be numbered, while samples stay where they are. */
START_TEST(class_names_of_pictures)
{
    const struct nc_column file[] = {{in_folder("y.npy"), 0}};
    static const char header[] = "\x93NUMPY\x01\x00\x4b\x00{'descr': '|i1', 'fortran_order': False, 'shape': (3,), }"
                                 "                 \x0a\x07\x63\x07";
    char path[512];
    write_file(folder, "y.npy", header, sizeof header - 1);
    snprintf(path, sizeof path, "%s", fixture("f4_big.npy"));
    struct nc_data *data = load(nc_npy(&run, "set", path, 1, file));
    ck_assert(data->classes == 2 && !data->needs_fit && !data->fitting);
    ck_assert(data->shape[0] == 4 && data->labels[1] == 1 && data->labels[2] == 0);
    ck_assert(first(data)[1] == expected('f', 1));
    ck_assert_str_eq(data->class_names[1], "99");
}
END_TEST

/* ---- What is refused --------------------------------------------------------------------------------------------- */

static unsigned char *whole;
static size_t whole_size;

static void parse_whole(void *size)
{
    unsigned char *exact = malloc(*(size_t *)size + 1); /* so that a byte read behind the end is seen */
    memcpy(exact, whole, *(size_t *)size);
    parse(realloc(exact, *(size_t *)size ? *(size_t *)size : 1), *(size_t *)size);
}

static void expect_refusal(const char *name, const char *words)
{
    whole = read_bytes(fixture(name), &whole_size);
    expect_failure(parse_whole, &whole_size, words);
    free(whole);
}

START_TEST(other_types)
{
    expect_refusal("words.npy", "set: x.npy: its elements are '<U2'; netc takes bool, integers and floats");
    expect_refusal("objects.npy", "its elements are '|O'");
    expect_refusal("fields.npy", "it holds records of several fields");
    expect_refusal("empty.npy", "it is empty: 0x4");
    expect_refusal("stored.npz", "it is no file of numpy's");
}
END_TEST

/* Cut anywhere, or with a byte changed, a file is read whole or refused. */
START_TEST(damaged)
{
    char text[2048];
    whole = read_bytes(fixture("f4_little.npy"), &whole_size);
    for (size_t cut = 0; cut < whole_size; cut++)
        ck_assert_int_eq(run_apart(parse_whole, &cut, text, sizeof text), 1);
    for (size_t at = 0; at < 128; at++) {
        static const unsigned char others[] = {0, '9', '(', '\'', 0xff};
        unsigned char kept_byte = whole[at];
        whole[at] = others[at % 5];
        int status = run_apart(parse_whole, &whole_size, text, sizeof text);
        ck_assert_msg(status == 0 || status == 1, "byte %zu: %s", at, text);
        whole[at] = kept_byte;
    }
    free(whole);
}
END_TEST

static void parse_header(void *shape)
{
    char bytes[200];
    int length = snprintf(bytes + 10, sizeof bytes - 10, "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }\n",
                          (char *)shape);
    memcpy(bytes, "\x93NUMPY\x01\0", 8);
    bytes[8] = (char)length;
    bytes[9] = 0;
    parse((unsigned char *)bytes, (size_t)(10 + length));
}

START_TEST(huge_claims)
{
    expect_failure(parse_header, "(4, 4)", "it has 0 bytes of elements; 64 are expected of 4x4");
    expect_failure(parse_header, "(9223372036854775807,)", "an axis of it is too long");
    expect_failure(parse_header, "(922337203685477000, 3)",
                   "it claims to be 922337203685477000x3, which no file can be");
    expect_failure(parse_header, "(4294967296, 4294967296)", "which no file can be");
    expect_failure(parse_header, "(1, 1, 1, 1, 1, 1, 1, 1, 1)", "it has more than 8 axes");
    expect_failure(parse_header, "(-1,)", "its header is damaged");
    expect_failure(parse_header, "4", "its header is damaged");
}
END_TEST

static void load_npz(void *key)
{
    load(nc_npz(&run, "set", fixture("stored.npz"), key, "y"));
}

static void load_npz_file(void *name)
{
    load(nc_npz(&run, "set", in_folder(name), "x", "y"));
}

START_TEST(npz_errors)
{
    size_t size;
    expect_failure(load_npz, "z", "stored.npz has no array 'z'; there are: x, y");
    expect_failure(load_npz, "y", "y is 3; samples need an axis behind the first one");
    expect_failure(load_npz_file, "none.npz", "none.npz: No such file");
    unsigned char *bytes = read_bytes(fixture("deflated.npz"), &size);
    write_file(folder, "cut.npz", bytes, size / 2);
    expect_failure(load_npz_file, "cut.npz", "cannot open");
    char text[2048];
    for (size_t at = 0; at < size; at++) {
        bytes[at] ^= 0x55;
        write_file(folder, "changed.npz", bytes, size);
        int status = run_apart(load_npz_file, "changed.npz", text, sizeof text);
        ck_assert_msg(status == 0 || status == 1, "byte %zu: %s", at, text);
        bytes[at] ^= 0x55;
    }
    free(bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("npy");
    TCase *core = tcase_create("core");
    tcase_add_checked_fixture(core, start, finish);
    tcase_set_timeout(core, 60);
    tcase_add_test(core, every_type);
    tcase_add_test(core, halves);
    tcase_add_test(core, zipped);
    tcase_add_test(core, targets);
    tcase_add_test(core, places);
    tcase_add_test(core, standardized);
    tcase_add_test(core, tokens);
    tcase_add_test(core, class_names_of_pictures);
    tcase_add_test(core, other_types);
    tcase_add_test(core, damaged);
    tcase_add_test(core, huge_claims);
    tcase_add_test(core, npz_errors);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
