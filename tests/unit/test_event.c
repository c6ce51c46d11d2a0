/* Event files: known bytes, and what the statement `log` leaves in its folder. */
#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "fails.h"
#include "core.h"
#include "internal.h"
#include "log/events.h"
#include "suite.h"
#include "known_events.h"

START_TEST(checksums)
{
    ck_assert_uint_eq(nc_crc32c("123456789", 9), 0xe3069283u); /* the polynomial's published check value */
    ck_assert_uint_eq(nc_masked_crc32c("123456789", 9), 0xc78ab0e5u);
    ck_assert_uint_eq(nc_crc32c("", 0), 0);
}
END_TEST

/* Both records as TensorBoard's own writer makes them. */
START_TEST(known_records)
{
    static const unsigned char version[] = {
        0x18, 0, 0, 0, 0, 0, 0, 0, 0xa3, 0x7f, 0x4b, 0x22, 0x09, 0, 0, 0, 0x40, 0xfc, 0x54, 0xd9, 0x41, 0x1a, 0x0d, 'b',
        'r', 'a', 'i', 'n', '.', 'E', 'v', 'e', 'n', 't', ':', '2', 0xec, 0xed, 0x8f, 0x9d,
    };
    static const unsigned char scalar[] = {
        0x1a, 0, 0, 0, 0, 0, 0, 0, 0x12, 0x9b, 0xd8, 0x2d, 0x09, 0, 0, 0x40, 0x40, 0xfc, 0x54, 0xd9, 0x41, 0x10, 0x07,
        0x2a, 0x0d, 0x0a, 0x0b, 0x0a, 0x04, 'l', 'o', 's', 's', 0x15, 0, 0, 0x20, 0x40, 0x37, 0xef, 0xed, 0x96,
    };
    struct nc_event_record record = {0};
    ck_assert_int_eq(nc_event_version(&record, 1700000000.0, 0), 0);
    ck_assert_uint_eq(record.size, sizeof version);
    ck_assert_mem_eq(record.bytes, version, sizeof version);
    ck_assert_int_eq(nc_event_scalar(&record, 1700000001.0, 7, "loss", 2.5), 0);
    ck_assert_uint_eq(record.size, sizeof scalar);
    ck_assert_mem_eq(record.bytes, scalar, sizeof scalar);
    free(record.bytes);
}
END_TEST

static void expect_event(struct nc_event_record *record, int made, const unsigned char *event, size_t size)
{
    ck_assert_int_eq(made, 0);
    ck_assert_uint_eq(record->size, size + NC_EVENT_FRAME);
    ck_assert_mem_eq(record->bytes + 12, event, size);
}

#define EXPECT_EVENT(made, event) expect_event(&record, made, event, sizeof event)

START_TEST(known_events)
{
    static const double limits[] = {-1, 0, 2}, counts[] = {0, 1, 2};
    static const struct nc_histogram h = {.min = -1, .max = 2, .num = 3, .sum = 1.5, .sum_squares = 5.25,
                                          .limits = limits, .counts = counts, .bins = 3};
    static const struct nc_node nodes[] = {{"in/x", "IO Node", "", 0, 0, 2, {2, 5}},
                                           {"M/L", "Linear", "L(5)", 1, 0, 2, {2, 3}}};
    static const int edges[] = {0};
    const double time = 1700000001.0;
    struct nc_event_record record = {0};
    EXPECT_EVENT(nc_event_image(&record, time, 7, "a", 3, 2, "PNG", 3), image_event);
    EXPECT_EVENT(nc_event_histogram(&record, time, 7, "w", &h), histogram_event);
    EXPECT_EVENT(nc_event_text(&record, time, 7, "t", "x"), text_event);
    EXPECT_EVENT(nc_event_graph(&record, time, nodes, 2, edges), graph_event);
    free(record.bytes);
}
END_TEST

START_TEST(a_record_grows)
{
    static char tag[10001];
    struct nc_event_record record = {0};
    memset(tag, 'a', sizeof tag - 1);
    ck_assert_int_eq(nc_event_scalar(&record, 1.0, 1, "a", 0.5), 0);
    ck_assert_int_eq(nc_event_scalar(&record, 1.0, 1, tag, 0.5), 0);
    ck_assert_uint_gt(record.size, 10000);
    ck_assert_uint_ge(record.capacity, record.size);
    free(record.bytes);
}
END_TEST

/* ---- The folder -------------------------------------------------------------------------------------------------- */

static char folder[64];

static void start(void)
{
    make_folder(folder);
}

static void finish(void)
{
    remove_folder(folder);
}

static const char *const names[] = {"train_loss", "lr/a,b", "loss_train", "loss_test"};
enum { NAMES = 4 };

/* The only event file in a folder, read whole; its records are counted and their checksums checked. */
static int count_records(const char *path)
{
    char name[512] = "";
    static unsigned char bytes[4096];
    int files = 0, records = 0;
    DIR *entries = opendir(path);
    ck_assert_ptr_nonnull(entries);
    for (struct dirent *entry; (entry = readdir(entries));) {
        if (strncmp(entry->d_name, "events.out.tfevents.", 20) != 0)
            continue;
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        files++;
    }
    closedir(entries);
    ck_assert_int_eq(files, 1);
    FILE *file = fopen(name, "rb");
    ck_assert_ptr_nonnull(file);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    for (size_t at = 0; at < size; records++) {
        uint64_t length;
        uint32_t crc;
        ck_assert_uint_ge(size - at, NC_EVENT_FRAME);
        memcpy(&length, bytes + at, 8);
        memcpy(&crc, bytes + at + 8, 4);
        ck_assert_uint_eq(crc, nc_masked_crc32c(bytes + at, 8));
        ck_assert_uint_le(length, size - at - NC_EVENT_FRAME);
        memcpy(&crc, bytes + at + 12 + length, 4);
        ck_assert_uint_eq(crc, nc_masked_crc32c(bytes + at + 12, length));
        at += length + NC_EVENT_FRAME;
    }
    return records;
}

static void expect_table(const char *path, const char *expected)
{
    char text[4096] = "";
    FILE *file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    ck_assert_str_eq(text, expected);
}

START_TEST(scalars_are_seen_at_once)
{
    char path[128], table[256];
    struct nc_run run = {.program = "test"};
    snprintf(path, sizeof path, "%s/logs/train/", folder);
    snprintf(table, sizeof table, "%s/scalars.csv", path);
    nc_log(&run, path, 50);
    ck_assert_str_eq(run.log_folder.value, path);
    ck_assert_int_eq(run.log_every.value, 50);
    run.log->open(&run, path, -1, names, NAMES);
    ck_assert_int_eq(count_records(path), 1);
    run.log->scalar(&run, NULL, "train_loss", 2.5, 100);
    ck_assert_int_eq(count_records(path), 2);
    run.steps = 100;
    run.log->row(&run);
    expect_table(table, "epoch,step,train_loss,\"lr/a,b\",loss_train,loss_test\n0,100,2.5,,,\n");
    run.log->scalar(&run, NULL, "train_loss", 2.25, 200);
    run.log->flush(&run);
    ck_assert_int_eq(count_records(path), 3);
    run.log->close(&run);
    nc_log_free(&run);
    ck_assert_int_eq(count_records(path), 3);
}
END_TEST

START_TEST(curves_of_a_chart_have_folders_of_their_own)
{
    char path[128];
    struct nc_run run = {.program = "test"};
    nc_log(&run, folder, 1);
    run.log->open(&run, folder, -1, names, NAMES);
    for (int epoch = 0; epoch < 2; epoch++) {
        run.log->scalar(&run, "loss", "train", 0.5, epoch);
        run.log->scalar(&run, "loss", "test", 0.25, epoch);
        run.log->row(&run);
        run.epoch++;
    }
    run.log->close(&run);
    nc_log_free(&run);
    ck_assert_int_eq(count_records(folder), 1);
    snprintf(path, sizeof path, "%s/loss_train", folder);
    ck_assert_int_eq(count_records(path), 3);
    snprintf(path, sizeof path, "%s/loss_test", folder);
    ck_assert_int_eq(count_records(path), 3);
    snprintf(path, sizeof path, "%s/scalars.csv", folder);
    expect_table(path,
                 "epoch,step,train_loss,\"lr/a,b\",loss_train,loss_test\n0,0,,,0.5,0.25\n1,0,,,0.5,0.25\n");
}
END_TEST

/* A run up to step `last`, resumed at the step `resume`; -1: it is new. Its table, which free() takes. */
static char *log_steps(const char *table, long long resume, int count, int last)
{
    struct nc_run run = {.program = "test", .log_table = table ? strdup(table) : NULL};
    nc_log(&run, folder, 1);
    run.log->open(&run, folder, resume, names, count);
    char *now = strdup(run.log_table);
    for (run.steps = resume < 0 ? 1 : resume; run.steps <= last; run.steps++) {
        run.log->scalar(&run, NULL, "train_loss", 1.0 / (double)run.steps, run.steps);
        run.log->row(&run);
    }
    run.log->close(&run);
    nc_log_free(&run);
    return now;
}

START_TEST(a_resumed_run_goes_on_in_its_table)
{
    char *first = log_steps(NULL, -1, 1, 4), *other = log_steps(NULL, -1, 1, 1);
    char *again = log_steps(first, 3, 1, 3), *wider = log_steps(first, 2, 2, 2);
    ck_assert_str_eq(first, again);
    ck_assert_ptr_nonnull(strstr(other, "/scalars_2.csv"));
    ck_assert_ptr_nonnull(strstr(wider, "/scalars_3.csv")); /* it has other columns */
    expect_table(first, "epoch,step,train_loss\n0,1,1\n0,2,0.5\n0,3,0.333333333\n");
    expect_table(other, "epoch,step,train_loss\n0,1,1\n");
    free(first);
    free(other);
    free(again);
    free(wider);
}
END_TEST

START_TEST(a_folder_is_named_by_the_date)
{
    struct nc_run run = {.program = "test"};
    char host[256] = "", month[4];
    int day, hour, minute, second, end = 0;
    gethostname(host, sizeof host - 1);
    nc_log(&run, NULL, 1);
    ck_assert_int_eq(run.log_dated, 1);
    sscanf(run.log_folder.value, "runs/%3[A-Za-z]%2d_%2d-%2d-%2d_%n", month, &day, &hour, &minute, &second, &end);
    ck_assert_int_gt(end, 0);
    ck_assert_str_eq(run.log_folder.value + end, host);
    nc_log_free(&run);
}
END_TEST

START_TEST(a_resumed_run_hides_later_steps)
{
    struct nc_run run = {.program = "test"};
    nc_log(&run, folder, 1);
    run.log->open(&run, folder, 200, names, NAMES);
    run.log->close(&run);
    nc_log_free(&run);
    ck_assert_int_eq(count_records(folder), 2);
}
END_TEST

static void open_log(void *path)
{
    struct nc_run run = {.program = "test"};
    nc_log(&run, path, 1);
    run.log->open(&run, path, -1, names, NAMES);
}

START_TEST(an_unwritable_folder_is_an_error)
{
    char path[128];
    write_file(folder, "file", "x", 1);
    snprintf(path, sizeof path, "%s/file/logs", folder);
    expect_failure(open_log, path, "the folder cannot be made: Not a directory");
    snprintf(path, sizeof path, "%s/file", folder);
    expect_failure(open_log, path, "cannot log to");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("event");
    TCase *records = tcase_create("records"), *files = tcase_create("files");
    tcase_add_test(records, checksums);
    tcase_add_test(records, known_records);
    tcase_add_test(records, known_events);
    tcase_add_test(records, a_record_grows);
    suite_add_tcase(suite, records);
    tcase_add_checked_fixture(files, start, finish);
    tcase_add_test(files, scalars_are_seen_at_once);
    tcase_add_test(files, curves_of_a_chart_have_folders_of_their_own);
    tcase_add_test(files, a_resumed_run_goes_on_in_its_table);
    tcase_add_test(files, a_folder_is_named_by_the_date);
    tcase_add_test(files, a_resumed_run_hides_later_steps);
    tcase_add_test(files, an_unwritable_folder_is_an_error);
    suite_add_tcase(suite, files);
    return run_suite(suite);
}
