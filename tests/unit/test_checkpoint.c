/* Checkpoints: what save writes and load reads, torch's own files, and files that are wrong or damaged. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "checkpoint_fixture.h"
#include "fails.h"
#include "internal.h"
#include "store/archive.h"
#include "store/checkpoint.h"
#include "suite.h"

/* The weight's four output channels lie innermost, four times padded; the last parameter's rows are padded to 8. */
static const struct nc_parameter PARAMETERS[] = {
    {.name = "0.weight", .rank = 4, .shape = {4, 2, 1, 3}, .offset = 0, .floats = 96, .axis_count = 4,
     .axes = {{4, 1}, {2, 48}, {1, 48}, {3, 16}}},
    {.name = "0.bias", .rank = 1, .shape = {4}, .offset = 96, .floats = 16, .axis_count = 1, .axes = {{4, 1}}},
    {.name = "fc.weight", .rank = 2, .shape = {3, 5}, .offset = 112, .floats = 32, .axis_count = 2,
     .axes = {{3, 8}, {5, 1}}},
};
enum { COUNT = 3, BLOCK = 144, MOST = 24 };
static const struct nc_model MODEL = {
    .name = "Small", .parameters = PARAMETERS, .parameter_count = COUNT, .block = BLOCK,
};

static char folder[64];

static void start(void)
{
    make_folder(folder);
}

static void finish(void)
{
    remove_folder(folder);
}

/* The values of tests/parity/make_checkpoint.py. */
static float value(int parameter, int element)
{
    return (float)((element * 7 + parameter * 13) % 64) / 8 - 4;
}

static void fill(float *weights)
{
    float dense[MOST];
    memset(weights, 0, BLOCK * sizeof *weights);
    for (int p = 0; p < COUNT; p++) {
        for (int i = 0; i < nc_parameter_elements(&PARAMETERS[p]); i++)
            dense[i] = value(p, i);
        nc_parameter_scatter(&PARAMETERS[p], dense, weights);
    }
}

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* Loads a file into a block of zeros and holds it against the values. */
static void check_load(const char *path)
{
    float weights[BLOCK] = {0}, expected[BLOCK];
    struct nc_run run = {.model = &MODEL, .program = "test", .weights = weights};
    fill(expected);
    nc_checkpoint_load(&run, run.model, path, NC_LOAD_STRICT);
    ck_assert_mem_eq(weights, expected, sizeof weights);
}

static void save_to(const char *path, const void *state, long long bytes)
{
    float weights[BLOCK];
    struct nc_run run = {.model = &MODEL, .program = "test", .weights = weights};
    fill(weights);
    nc_checkpoint_check(&run, path);
    nc_checkpoint_save(&run, path, state, bytes);
}

static unsigned char *read_back(const char *path, size_t *size)
{
    struct stat status;
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fstat(fileno(file), &status), 0);
    *size = (size_t)status.st_size;
    unsigned char *bytes = malloc(*size + 1);
    ck_assert_uint_eq(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

/* ---- What goes well ---------------------------------------------------------------------------------------------- */

START_TEST(saved_is_loaded)
{
    struct nc_run run = {.model = &MODEL, .program = "test"};
    long long bytes = 0;
    save_to(in_folder("a.pth"), "a state", 7);
    check_load(in_folder("a.pth"));
    char *state = nc_checkpoint_load_record(&run, in_folder("a.pth"), NC_STATE_RECORD, &bytes);
    ck_assert_int_eq(bytes, 7);
    ck_assert_mem_eq(state, "a state", 7);
    free(state);
    glob_t all;
    ck_assert_int_eq(glob(in_folder("a.pth*"), 0, NULL, &all), 0);
    ck_assert_uint_eq(all.gl_pathc, 1); /* nothing is left beside it */
    globfree(&all);
}
END_TEST

/* Whatever is kept beside the parameters, but for the state, which has no place there. */
START_TEST(safetensors_are_saved_and_loaded)
{
    float weights[BLOCK];
    unsigned char fit[5] = {0, 1, 255, 254, 7};
    const char *const names[] = {"ants", "bees"};
    struct nc_run run = {.model = &MODEL, .program = "test", .weights = weights, .fit = fit,
                         .classes = {.count = 2, .names = names}};
    long long bytes = 0;
    fill(weights);
    for (run.fit_bytes = 0; run.fit_bytes <= 5; run.fit_bytes++) { /* of all remainders by 3 */
        nc_checkpoint_save(&run, in_folder("a.safetensors"), "a state", 7);
        check_load(in_folder("a.safetensors"));
        unsigned char *record = nc_checkpoint_load_record(&run, in_folder("a.safetensors"), NC_FIT_RECORD, &bytes);
        ck_assert_int_eq(bytes, run.fit_bytes);
        ck_assert_mem_eq(record, fit, (size_t)bytes);
        free(record);
    }
    char *classes = nc_checkpoint_load_record(&run, in_folder("a.safetensors"), NC_CLASSES_RECORD, &bytes);
    ck_assert_int_eq(bytes, 10);
    ck_assert_mem_eq(classes, "ants\0bees", 10);
    free(classes);
    ck_assert_ptr_null(nc_checkpoint_load_record(&run, in_folder("a.safetensors"), NC_STATE_RECORD, &bytes));
    ck_assert_ptr_null(nc_checkpoint_load_record(&run, in_folder("a.safetensors"), "netc/none", &bytes));
}
END_TEST

START_TEST(equal_weights_give_equal_files)
{
    size_t first_size, second_size;
    save_to(in_folder("a.pth"), NULL, 0);
    save_to(in_folder("b.pth"), NULL, 0);
    save_to(in_folder("b.pth"), NULL, 0); /* over itself */
    unsigned char *first = read_back(in_folder("a.pth"), &first_size);
    unsigned char *second = read_back(in_folder("b.pth"), &second_size);
    ck_assert_uint_eq(first_size, second_size);
    ck_assert_mem_eq(first, second, first_size);
    free(first);
    free(second);
}
END_TEST

/* Every record's bytes begin at a multiple of 64 and are not compressed. */
START_TEST(records_are_aligned)
{
    size_t size;
    int records = 0;
    save_to(in_folder("a.pth"), "a state", 7);
    unsigned char *bytes = read_back(in_folder("a.pth"), &size);
    for (size_t i = 0; i + 30 < size; i++) {
        if (memcmp(bytes + i, "PK\3\4", 4) != 0)
            continue;
        size_t name = bytes[i + 26] | bytes[i + 27] << 8, extra = bytes[i + 28] | bytes[i + 29] << 8;
        ck_assert_uint_eq((i + 30 + name + extra) % 64, 0);
        ck_assert_uint_eq(bytes[i + 8] | bytes[i + 9] << 8, 0);
        records++;
    }
    ck_assert_int_eq(records, 4 + COUNT); /* data.pkl, byteorder, version, netc/state */
    free(bytes);
}
END_TEST

static const struct {
    const char *name;
    const unsigned char *bytes;
    size_t size;
} GOOD[] = {
    {"torch_zip", torch_zip, sizeof torch_zip},
    {"torch_old", torch_old, sizeof torch_old},
    {"torch_shared", torch_shared, sizeof torch_shared},
    {"torch_half", torch_half, sizeof torch_half},
    {"torch_bfloat16", torch_bfloat16, sizeof torch_bfloat16},
    {"torch_whole", torch_whole, sizeof torch_whole},
    {"torch_whole_old", torch_whole_old, sizeof torch_whole_old},
    {"torch_python2", torch_python2, sizeof torch_python2},
    {"huggingface", huggingface, sizeof huggingface},
};
enum { GOOD_COUNT = sizeof GOOD / sizeof *GOOD };

START_TEST(torch_files_are_loaded)
{
    struct nc_run run = {.model = &MODEL, .program = "test"};
    long long bytes;
    write_file(folder, "a.pth", GOOD[_i].bytes, GOOD[_i].size);
    check_load(in_folder("a.pth"));
    ck_assert_ptr_null(nc_checkpoint_load_record(&run, in_folder("a.pth"), NC_STATE_RECORD, &bytes));
}
END_TEST

/* ---- What is refused --------------------------------------------------------------------------------------------- */

static void load_a(void *context)
{
    float weights[BLOCK];
    struct nc_run run = {.model = context ? context : &MODEL, .program = "test", .weights = weights};
    nc_checkpoint_load(&run, run.model, in_folder("a.pth"), NC_LOAD_STRICT);
}

START_TEST(all_that_does_not_fit_is_told)
{
    write_file(folder, "a.pth", torch_wrong, sizeof torch_wrong);
    expect_failure(load_a, NULL, "Error(s) in loading state_dict for Small:\n"
                                 "\tMissing key(s) in state_dict: \"0.bias\". \n"
                                 "\tUnexpected key(s) in state_dict: \"fc.bias\", \"extra\". \n"
                                 "\tsize mismatch for fc.weight: copying a param with shape torch.Size([3, 6]) from "
                                 "checkpoint, the shape in current model is torch.Size([3, 5]).");
}
END_TEST

START_TEST(names_are_changed_as_the_file_says)
{
    static const char *const renames[][2] = {{"new", "0"}, {"module.fc", "fc"}};
    float weights[BLOCK] = {0}, expected[BLOCK];
    struct nc_run run = {.model = &MODEL, .program = "test", .weights = weights, .load_name = {"a", 1}, .quiet = 1};
    write_file(folder, "a.pth", torch_prefixed, sizeof torch_prefixed);
    fill(expected);
    expect_failure(load_a, NULL, "hint: the names in it begin with \"module.\": say prefix=\"module.\" behind load, or "
                                 "--prefix module.");
    run.load_prefix = (struct nc_text){"module.", 1};
    nc_checkpoint_load(&run, run.model, in_folder("a.pth"), NC_LOAD_STRICT);
    ck_assert_mem_eq(weights, expected, sizeof weights);
    memset(weights, 0, sizeof weights);
    run.load_prefix = (struct nc_text){"", 0};
    run.renames = (const char *const (*)[2])renames;
    run.rename_count = 2;
    nc_checkpoint_load(&run, run.model, in_folder("a.pth"), NC_LOAD_LOOSE);
    ck_assert_mem_eq(weights + 112, expected + 112, 32 * sizeof *weights);
    ck_assert(weights[0] == 0);
}
END_TEST

START_TEST(a_child_with_another_name_is_told)
{
    struct nc_parameter parameters[COUNT];
    struct nc_model model = MODEL;
    memcpy(parameters, PARAMETERS, sizeof parameters);
    parameters[2].name = "tail.head.weight";
    model.parameters = parameters;
    write_file(folder, "a.pth", torch_zip, sizeof torch_zip);
    expect_failure(load_a, &model, "hint: what the model calls \"tail.head\" the file calls \"fc\": name it so, or say "
                                   "behind load rename={\"fc\": \"tail.head\"}");
    parameters[1].name = "tail.bias"; /* of which the file has nothing below fc */
    expect_failure(load_a, &model, "\tUnexpected key(s) in state_dict: \"0.bias\", \"fc.weight\"");
}
END_TEST

START_TEST(other_files_are_refused)
{
    write_file(folder, "a.pth", torch_nothing, sizeof torch_nothing);
    expect_failure(load_a, NULL, "it holds neither a dict of parameters nor a model");
    write_file(folder, "a.pth", "\x09\0\0\0\0\0\0\0{\"a\":[1]}", 17);
    expect_failure(load_a, NULL, "it is no whole safetensors file: a tensor has no dtype, shape or data_offsets");
    write_file(folder, "a.pth", "", 0);
    expect_failure(load_a, NULL, "it is empty");
    write_file(folder, "a.pth", "solver", 6);
    expect_failure(load_a, NULL, "it is no file that torch.save writes");
    unlink(in_folder("a.pth"));
    expect_failure(load_a, NULL, "No such file");
    ck_assert_int_eq(mkdir(in_folder("a.pth"), 0777), 0);
    expect_failure(load_a, NULL, "it is no regular file");
}
END_TEST

/* A file that is cut while it is read. */
static void load_what_becomes_shorter(void *context)
{
    struct nc_run run = {.model = &MODEL, .program = "test"};
    (void)context;
    save_to(in_folder("a.pth"), NULL, 0);
    struct nc_archive *archive = nc_archive_open(&run, in_folder("a.pth"));
    const struct nc_pickle_value *value = nc_pickle_get(nc_archive_root(archive), "0.bias");
    struct nc_tensor tensor;
    ck_assert_ptr_null(nc_tensor_read(value, &tensor));
    ck_assert_int_eq(truncate(in_folder("a.pth"), 0), 0);
    nc_archive_storage(archive, &tensor.storage);
}

START_TEST(becoming_shorter_is_told)
{
    expect_failure(load_what_becomes_shorter, NULL,
                   "a.pth became shorter, or can no longer be read, while it was in use");
}
END_TEST

/* However a file is cut or changed: it is loaded or refused, and nothing crashes. */
static void expect_no_crash(const unsigned char *bytes, size_t size)
{
    char text[4096];
    write_file(folder, "a.pth", bytes, size);
    int status = run_apart(load_a, NULL, text, sizeof text);
    ck_assert_msg(status == 0 || (status == 1 && strstr(text, "cannot load")), "status %d: %s", status, text);
}

START_TEST(damaged_files_are_refused)
{
    size_t size = GOOD[_i].size;
    unsigned char *bytes = malloc(size);
    uint32_t random = 1;
    for (size_t cut = 1; cut < size; cut += 1 + size / 60)
        expect_no_crash(GOOD[_i].bytes, cut);
    for (int i = 0; i < 150; i++) {
        memcpy(bytes, GOOD[_i].bytes, size);
        for (int k = 0; k <= i % 3; k++) {
            random = random * 1664525 + 1013904223;
            bytes[(random >> 8) % size] = (unsigned char)random;
        }
        expect_no_crash(bytes, size);
    }
    free(bytes);
}
END_TEST

/* ---- Files that can't be written --------------------------------------------------------------------------------- */

static void check_path(void *path)
{
    struct nc_run run = {.model = &MODEL, .program = "test"};
    nc_checkpoint_check(&run, path);
}

START_TEST(unwritable_is_found_before_training)
{
    expect_failure(check_path, (void *)in_folder("none/a.pth"), "there is no folder");
    write_file(folder, "file", "x", 1);
    expect_failure(check_path, (void *)in_folder("file/a.pth"), "cannot be written");
    if (geteuid() != 0) { /* root writes anywhere */
        ck_assert_int_eq(chmod(folder, 0500), 0);
        expect_failure(check_path, (void *)in_folder("a.pth"), "cannot be written (Permission denied)");
        ck_assert_int_eq(chmod(folder, 0700), 0);
    }
}
END_TEST

/* A file size limit stands in for a full disk: both fail in the middle of the write. */
static void save_without_capacity(void *context)
{
    struct rlimit limit = {.rlim_cur = 300, .rlim_max = 300};
    (void)context;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &limit);
    save_to(in_folder("a.pth"), NULL, 0);
}

START_TEST(a_full_disk_leaves_the_old_file)
{
    char command[128];
    save_to(in_folder("a.pth"), "before", 6);
    expect_failure(save_without_capacity, NULL, "cannot save");
    check_load(in_folder("a.pth"));
    snprintf(command, sizeof command, "test \"$(ls '%s')\" = a.pth", folder);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("checkpoint");
    TCase *core = tcase_create("core"), *wrong = tcase_create("wrong");
    tcase_add_checked_fixture(core, start, finish);
    tcase_add_test(core, saved_is_loaded);
    tcase_add_test(core, safetensors_are_saved_and_loaded);
    tcase_add_test(core, equal_weights_give_equal_files);
    tcase_add_test(core, records_are_aligned);
    tcase_add_loop_test(core, torch_files_are_loaded, 0, GOOD_COUNT);
    suite_add_tcase(suite, core);
    tcase_add_checked_fixture(wrong, start, finish);
    tcase_set_timeout(wrong, 60);
    tcase_add_test(wrong, all_that_does_not_fit_is_told);
    tcase_add_test(wrong, names_are_changed_as_the_file_says);
    tcase_add_test(wrong, a_child_with_another_name_is_told);
    tcase_add_test(wrong, other_files_are_refused);
    tcase_add_test(wrong, becoming_shorter_is_told);
    tcase_add_loop_test(wrong, damaged_files_are_refused, 0, GOOD_COUNT);
    tcase_add_test(wrong, unwritable_is_found_before_training);
    tcase_add_test(wrong, a_full_disk_leaves_the_old_file);
    suite_add_tcase(suite, wrong);
    return run_suite(suite);
}
