/* CIFAR-10 and CIFAR-100: both forms give the same samples; missing, cut and damaged files are told apart. The files
 * are made here, full size and full of numbers; with NETC_DATA=FOLDER the real ones in FOLDER are read too. */
#include <sys/mman.h>
#include <sys/stat.h>

#include "fails.h"
#include "internal.h"
#include "suite.h"

enum { BATCH = 10000, PIXELS = 3072, RECORD = PIXELS + 1 };

static const struct nc_model MODEL = {
    .name = "Small", .input_rank = 3, .input_shape = {3, 32, 32}, .outputs = 10, .classes = 1,
};
static const struct nc_model HUNDRED = {
    .name = "Hundred", .input_rank = 3, .input_shape = {3, 32, 32}, .outputs = 100, .classes = 1,
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

static const char *in_folder(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void make_subfolder(const char *name)
{
    ck_assert_int_eq(mkdir(in_folder(name), 0777), 0);
}

static int label(int file, int record)
{
    return (record * 7 + file) % 10;
}

static unsigned char pixel(int file, int record, int i)
{
    return (unsigned char)(record * 31 + i * 7 + (i >> 8) + file * 101);
}

/* [BATCH][RECORD], in memory that the caller frees. */
static unsigned char *make_records(int file)
{
    unsigned char *records = malloc((size_t)BATCH * RECORD);
    for (int r = 0; r < BATCH; r++) {
        records[r * RECORD] = (unsigned char)label(file, r);
        for (int i = 0; i < PIXELS; i++)
            records[r * RECORD + 1 + i] = pixel(file, r, i);
    }
    return records;
}

static void write_binary(const char *name, int file)
{
    unsigned char *records = make_records(file);
    write_file(folder, name, records, (size_t)BATCH * RECORD);
    free(records);
}

/* The pickle that Python 2 made: {"labels": [...], "data": array}; `key` is a Pascal string. */
static void write_pickle(const char *name, int file, const char *key)
{
    static const char array[] =
        "eU\x04" "datacnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01" "btR(K\x01M\x10'M\x00\x0c"
        "\x86" "cnumpy\ndtype\n(U\x02" "u1K\x00K\x01tR\x89T\x00\xc0\xd4\x01";
    FILE *to = fopen(in_folder(name), "wb");
    ck_assert_ptr_nonnull(to);
    fprintf(to, "\x80\x02}q\x01(U%s](", key);
    for (int r = 0; r < BATCH; r++) {
        fputc('K', to);
        fputc(label(file, r), to);
    }
    fwrite(array, 1, sizeof array - 1, to);
    unsigned char *records = make_records(file);
    for (int r = 0; r < BATCH; r++)
        fwrite(records + r * RECORD + 1, 1, PIXELS, to);
    free(records);
    fputs("tbu.", to);
    ck_assert_int_eq(fclose(to), 0);
}

static void write_python(const char *name, int file)
{
    write_pickle(name, file, "\x06labels");
}

/* A data set lives until the program ends. */
static struct nc_data *kept[2];
static int kept_count;

static struct nc_data *read_with(struct nc_pool *pool, struct nc_run *run, const char *root, int train)
{
    *run = (struct nc_run){.model = &MODEL, .program = "test", .data_folder = root, .pool = pool};
    struct nc_data *data = kept[kept_count++ % 2] = nc_cifar10(run, "set", "elsewhere", train);
    nc_to_tensor(data);
    data->load(data);
    return data;
}

static struct nc_data *read_set(struct nc_run *run, const char *root, int train)
{
    return read_with(NULL, run, root, train);
}

static void check_test_set(struct nc_data *data)
{
    ck_assert_int_eq(data->count, BATCH);
    ck_assert_int_eq(data->classes, 10);
    ck_assert_int_eq(data->rank, 3);
    ck_assert(data->shape[0] == 3 && data->shape[1] == 32 && data->shape[2] == 32);
    for (int r = 0; r < BATCH; r++) {
        const unsigned char *sample = nc_data_sample(data, r);
        ck_assert_int_eq(data->labels[r], label(0, r));
        ck_assert_uint_eq(sample[0], pixel(0, r, 0));
        ck_assert_uint_eq(sample[PIXELS - 1], pixel(0, r, PIXELS - 1));
    }
    const unsigned char *sample = nc_data_sample(data, 77);
    for (int i = 0; i < PIXELS; i++)
        ck_assert_uint_eq(sample[i], pixel(0, 77, i));
}

START_TEST(binary)
{
    struct nc_run run;
    make_subfolder("cifar-10-batches-bin");
    write_binary("cifar-10-batches-bin/test_batch.bin", 0);
    struct nc_data *data = read_set(&run, folder, 0);
    check_test_set(data);
    ck_assert_str_eq(data->class_names[9], "truck"); /* built in */
}
END_TEST

START_TEST(python)
{
    static const char meta[] =
        "\x80\x02}q\x01U\x0blabel_names](U\x01" "aU\x01" "bU\x01" "cU\x01" "dU\x01" "eU\x01" "fU\x01" "gU\x01hU\x01iU"
        "\x03jjjes.";
    struct nc_run run;
    write_python("test_batch", 0); /* the root is the folder itself */
    write_file(folder, "batches.meta", meta, sizeof meta - 1);
    struct nc_data *data = read_set(&run, folder, 0);
    check_test_set(data);
    ck_assert_str_eq(data->class_names[0], "a");
    ck_assert_str_eq(data->class_names[9], "jjj");
}
END_TEST

static struct nc_data *read_hundred(struct nc_run *run)
{
    *run = (struct nc_run){.model = &HUNDRED, .program = "test", .data_folder = folder};
    struct nc_data *data = kept[kept_count++ % 2] = nc_cifar100(run, "set", "elsewhere", 0);
    nc_to_tensor(data);
    data->load(data);
    ck_assert_int_eq(data->count, BATCH);
    ck_assert_int_eq(data->classes, 100);
    return data;
}

/* Two label bytes a record, of which the second one counts; names that the file gives. */
START_TEST(hundred_binary)
{
    struct nc_run run;
    char names[100 * 10];
    int length = 0;
    make_subfolder("cifar-100-binary");
    FILE *to = fopen(in_folder("cifar-100-binary/test.bin"), "wb");
    ck_assert_ptr_nonnull(to);
    unsigned char *records = make_records(0);
    for (int r = 0; r < BATCH; r++) {
        fputc(r % 20, to);
        records[r * RECORD] = (unsigned char)(r * 3 % 100);
        fwrite(records + r * RECORD, 1, RECORD, to);
    }
    free(records);
    ck_assert_int_eq(fclose(to), 0);
    for (int i = 0; i < 100; i++)
        length += sprintf(names + length, "class %d\r\n", i);
    write_file(folder, "cifar-100-binary/fine_label_names.txt", names, (size_t)length);
    struct nc_data *data = read_hundred(&run);
    for (int r = 0; r < BATCH; r++) {
        const unsigned char *sample = nc_data_sample(data, r);
        ck_assert_int_eq(data->labels[r], r * 3 % 100);
        ck_assert_uint_eq(sample[0], pixel(0, r, 0));
        ck_assert_uint_eq(sample[PIXELS - 1], pixel(0, r, PIXELS - 1));
    }
    ck_assert_str_eq(data->class_names[99], "class 99");
}
END_TEST

START_TEST(hundred_python)
{
    struct nc_run run;
    make_subfolder("cifar-100-python");
    write_pickle("cifar-100-python/test", 0, "\x0b" "fine_labels");
    struct nc_data *data = read_hundred(&run);
    ck_assert_int_eq(data->labels[7], label(0, 7));
    ck_assert_uint_eq(((const unsigned char *)nc_data_sample(data, 9999))[5], pixel(0, 9999, 5));
    ck_assert_ptr_null(data->class_names); /* they are in `meta`, which is missing */
}
END_TEST

/* Read by one thread and by three. */
START_TEST(five_files_in_order)
{
    struct nc_run run;
    char name[64];
    make_subfolder("cifar-10-batches-bin");
    for (int file = 1; file <= 5; file++) {
        snprintf(name, sizeof name, "cifar-10-batches-bin/data_batch_%d.bin", file);
        write_binary(name, file);
    }
    struct nc_pool *pool = _i ? nc_pool_start(NULL, 3) : NULL;
    struct nc_data *data = read_with(pool, &run, folder, 1);
    if (pool)
        nc_pool_stop(pool);
    ck_assert_int_eq(data->count, 5 * BATCH);
    for (int i = 0; i < 5 * BATCH; i += 997) {
        ck_assert_int_eq(data->labels[i], label(1 + i / BATCH, i % BATCH));
        const unsigned char *sample = nc_data_sample(data, i);
        ck_assert_uint_eq(sample[5], pixel(1 + i / BATCH, i % BATCH, 5));
    }
}
END_TEST

/* ---- What is refused --------------------------------------------------------------------------------------------- */

static void read_test_set(void *root)
{
    struct nc_run run;
    read_set(&run, root, 0);
}

START_TEST(missing)
{
    char words[300];
    snprintf(words, sizeof words, "set: there is no CIFAR-10 in %s: neither %s/cifar-10-batches-bin nor", folder,
             folder);
    expect_failure(read_test_set, folder, words);
    expect_failure(read_test_set, folder, "https://www.cs.toronto.edu/~kriz/cifar.html");
    make_subfolder("cifar-10-batches-py");
    expect_failure(read_test_set, folder, "cifar-10-batches-py/test_batch: No such file or directory");
}
END_TEST

START_TEST(cut_short)
{
    write_file(folder, "test_batch.bin", "12345", 5);
    expect_failure(read_test_set, folder, "test_batch.bin has 5 bytes; 30730000 are expected (10000 records of 3073)");
    unlink(in_folder("test_batch.bin"));
    write_python("test_batch", 0);
    ck_assert_int_eq(truncate(in_folder("test_batch"), 1000000), 0);
    expect_failure(read_test_set, folder, "it ends in the middle of a value at byte");
    write_file(folder, "test_batch", "\x80\x02}.", 4);
    expect_failure(read_test_set, folder, "it has no list of 10000 `labels`");
    write_file(folder, "test_batch", "", 0);
    expect_failure(read_test_set, folder, "is no batch of CIFAR-10");
}
END_TEST

START_TEST(label_out_of_range)
{
    unsigned char *records = make_records(0);
    records[1234 * RECORD] = 10;
    write_file(folder, "test_batch.bin", records, (size_t)BATCH * RECORD);
    free(records);
    expect_failure(read_test_set, folder, "test_batch.bin: record 1234 has the label 10; 0 to 9 are possible");
}
END_TEST

/* Of two damaged files the first is told, whichever a thread comes to first. */
static void read_damaged(void *root)
{
    struct nc_run run;
    read_with(nc_pool_start(NULL, 3), &run, root, 1);
}

START_TEST(first_of_two_damaged)
{
    char name[64];
    for (int file = 1; file <= 5; file++) {
        snprintf(name, sizeof name, "data_batch_%d.bin", file);
        unsigned char *records = make_records(file);
        if (file == 2)
            records[9999 * RECORD] = 77;
        if (file == 3)
            records[0] = 99;
        write_file(folder, name, records, (size_t)BATCH * RECORD);
        free(records);
    }
    expect_failure(read_damaged, folder, "data_batch_2.bin: record 9999 has the label 77; 0 to 9 are possible");
}
END_TEST

/* Samples lie in the file itself: what is cut off while they are in use can't be read any more. */
static void read_what_is_cut_off(void *root)
{
    struct nc_run run;
    struct nc_data *data = read_set(&run, root, 0);
    ck_assert_int_eq(truncate(in_folder("test_batch.bin"), 1000000), 0);
    for (int i = 0; i < BATCH; i++) {
        const volatile unsigned char *sample = nc_data_sample(data, i);
        (void)sample[0];
    }
}

START_TEST(cut_short_while_in_use)
{
    write_binary("test_batch.bin", 0);
    expect_failure(read_what_is_cut_off, folder,
                   "test_batch.bin became shorter, or can no longer be read, while it was in use");
}
END_TEST

/* A SIGBUS that no file of samples has caused ends the program as it would have. */
static void raise_another(void *root)
{
    struct nc_run run;
    read_set(&run, root, 0);
    FILE *file = fopen(in_folder("other"), "w+");
    const volatile char *bytes = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fileno(file), 0);
    (void)bytes[0]; /* past the end of an empty file */
}

START_TEST(another_bus_error)
{
    char text[1024];
    write_binary("test_batch.bin", 0);
    ck_assert_int_ne(run_apart(raise_another, folder, text, sizeof text), 0);
    ck_assert_ptr_null(strstr(text, "in use"));
}
END_TEST

/* ---- The real files ---------------------------------------------------------------------------------------------- */

START_TEST(real_files_agree)
{
    const char *root = getenv("NETC_DATA");
    char path[2][512];
    struct nc_run run[2];
    struct nc_data *data[2];
    if (!root) {
        printf("# real_files_agree: skipped, NETC_DATA is not set\n");
        return;
    }
    snprintf(path[0], sizeof path[0], "%s/cifar-10-batches-bin", root);
    snprintf(path[1], sizeof path[1], "%s/cifar-10-batches-py", root);
    for (int i = 0; i < 2; i++)
        data[i] = read_set(&run[i], path[i], 1);
    ck_assert_mem_eq(data[0]->labels, data[1]->labels, 5 * BATCH * sizeof(int));
    for (int i = 0; i < 5 * BATCH; i++)
        ck_assert_mem_eq(nc_data_sample(data[0], i), nc_data_sample(data[1], i), PIXELS);
    ck_assert_int_eq(data[0]->labels[0], 6); /* a frog */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cifar");
    TCase *core = tcase_create("core"), *wrong = tcase_create("wrong");
    tcase_add_checked_fixture(core, start, finish);
    tcase_set_timeout(core, 60);
    tcase_add_test(core, binary);
    tcase_add_test(core, python);
    tcase_add_loop_test(core, five_files_in_order, 0, 2);
    tcase_add_test(core, hundred_binary);
    tcase_add_test(core, hundred_python);
    tcase_add_test(core, real_files_agree);
    suite_add_tcase(suite, core);
    tcase_add_checked_fixture(wrong, start, finish);
    tcase_set_timeout(wrong, 60);
    tcase_add_test(wrong, missing);
    tcase_add_test(wrong, cut_short);
    tcase_add_test(wrong, label_out_of_range);
    tcase_add_test(wrong, first_of_two_damaged);
    tcase_add_test(wrong, cut_short_while_in_use);
    tcase_add_test(wrong, another_bus_error);
    suite_add_tcase(suite, wrong);
    return run_suite(suite);
}
