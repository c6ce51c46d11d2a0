/* Zip files: what is written is read, with 64-bit numbers where they are needed; archives that lie are refused. */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <zlib.h>

#include "fails.h"
#include "store/zip.h"
#include "suite.h"

/* A file in memory. */
struct bytes {
    unsigned char *at;
    size_t size;
};

enum { LOCAL = 0x04034b50, ENTRY = 0x02014b50, END = 0x06054b50, END64 = 0x06064b50, LOCATOR = 0x07064b50 };

static void put(unsigned char *to, uint64_t value, int count)
{
    for (int i = 0; i < count; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

/* The n-th structure with this mark. */
static unsigned char *find(struct bytes file, unsigned mark, int n)
{
    unsigned char bytes[4];
    put(bytes, mark, 4);
    for (size_t i = 0; i + 4 <= file.size; i++)
        if (memcmp(file.at + i, bytes, 4) == 0 && n-- == 0)
            return file.at + i;
    ck_abort_msg("there is no %08x", mark);
}

/* Two records, "a/x" with 100 bytes and "a/y" with 3. */
static struct bytes two_records(void)
{
    struct bytes file = {0};
    struct nc_zip_writer zip;
    char text[100];
    memset(text, 'x', sizeof text);
    FILE *to = open_memstream((char **)&file.at, &file.size);
    nc_zip_begin(&zip, to);
    ck_assert_int_eq(nc_zip_add(&zip, "a/x", text, sizeof text), 0);
    ck_assert_int_eq(nc_zip_add(&zip, "a/y", "yes", 3), 0);
    ck_assert_int_eq(nc_zip_end(&zip), 0);
    ck_assert_int_eq(fclose(to), 0);
    return file;
}

/* Opens the file from memory of exactly its size, so that a byte read beyond it is seen, and reads all records. Leaves
 * what is said of it in `error`. */
static bool read_all(struct bytes file, char error[160])
{
    struct nc_zip zip;
    unsigned char *exact = malloc(file.size ? file.size : 1), *inflated;
    memcpy(exact, file.at, file.size);
    bool good = nc_zip_open(&zip, exact, file.size);
    for (size_t i = 0; good && i < zip.count; i++) {
        good = nc_zip_bytes(&zip, &zip.records[i], &inflated) != NULL;
        free(inflated);
    }
    memcpy(error, zip.error, sizeof zip.error);
    ck_assert_int_eq(good, !zip.error[0]);
    nc_zip_close(&zip);
    free(exact);
    return good;
}

static void expect_error(struct bytes file, const char *words)
{
    char error[160];
    ck_assert_msg(!read_all(file, error) && strstr(error, words), "wanted \"%s\", but it said: %s", words, error);
    free(file.at);
}

static void expect_record(struct nc_zip *zip, const char *name, const char *bytes)
{
    unsigned char *inflated;
    struct nc_zip_record *record = nc_zip_find(zip, name, strlen(name));
    ck_assert_ptr_nonnull(record);
    ck_assert_uint_eq(record->size, strlen(bytes));
    const unsigned char *at = nc_zip_bytes(zip, record, &inflated);
    ck_assert_msg(at != NULL, "%s", zip->error);
    ck_assert_mem_eq(at, bytes, strlen(bytes));
    free(inflated);
}

/* ---- What goes well ---------------------------------------------------------------------------------------------- */

START_TEST(written_is_read)
{
    struct bytes file = two_records();
    struct nc_zip zip;
    ck_assert(nc_zip_open(&zip, file.at, file.size));
    ck_assert_uint_eq(zip.count, 2);
    expect_record(&zip, "a/y", "yes");
    ck_assert_uint_eq(zip.records[0].begin % 64, 0);
    ck_assert_uint_eq(zip.records[1].begin % 64, 0);
    ck_assert_ptr_null(nc_zip_find(&zip, "a/", 2));
    ck_assert_ptr_null(nc_zip_find(&zip, "a/yy", 4));
    nc_zip_close(&zip);
    free(file.at);
}
END_TEST

START_TEST(no_records)
{
    static unsigned char nothing[22] = "PK\5\6";
    struct nc_zip zip;
    ck_assert(nc_zip_open(&zip, nothing, sizeof nothing));
    ck_assert_uint_eq(zip.count, 0);
    ck_assert_ptr_null(nc_zip_find(&zip, "", 0));
    nc_zip_close(&zip);
}
END_TEST

/* More than 65534 need the zip64 record. */
START_TEST(many_records)
{
    enum { COUNT = 70000 };
    struct bytes file = {0};
    struct nc_zip_writer writer;
    struct nc_zip zip;
    char name[16];
    FILE *to = open_memstream((char **)&file.at, &file.size);
    nc_zip_begin(&writer, to);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "%d", i);
        ck_assert_int_eq(nc_zip_add(&writer, name, name, strlen(name)), 0);
    }
    ck_assert_int_eq(nc_zip_end(&writer), 0);
    ck_assert_int_eq(fclose(to), 0);
    ck_assert(nc_zip_open(&zip, file.at, file.size));
    ck_assert_uint_eq(zip.count, COUNT);
    expect_record(&zip, "69999", "69999");
    nc_zip_close(&zip);
    free(file.at);
}
END_TEST

/* A file with a hole of 5 GiB in front of its second record. */
START_TEST(beyond_four_gigabytes)
{
    const uint64_t far = 5ull << 30;
    char folder[64], path[128];
    struct nc_zip_writer writer;
    struct nc_zip zip;
    make_folder(folder);
    snprintf(path, sizeof path, "%s/a.zip", folder);
    FILE *file = fopen(path, "w+b");
    nc_zip_begin(&writer, file);
    ck_assert_int_eq(nc_zip_add(&writer, "near", "here", 4), 0);
    ck_assert_int_eq(fseeko(file, (off_t)far, SEEK_SET), 0);
    writer.offset = far;
    ck_assert_int_eq(nc_zip_add(&writer, "far", "there", 5), 0);
    ck_assert_int_eq(nc_zip_end(&writer), 0);
    ck_assert_int_eq(fflush(file), 0);
    const size_t size = (size_t)ftello(file);
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_NORESERVE, fileno(file), 0);
    ck_assert_ptr_ne(bytes, MAP_FAILED);
    ck_assert_msg(nc_zip_open(&zip, bytes, size), "%s", zip.error);
    expect_record(&zip, "near", "here");
    expect_record(&zip, "far", "there");
    ck_assert_uint_gt(zip.records[1].header, far - 1);
    nc_zip_close(&zip);
    munmap(bytes, size);
    fclose(file);
    remove_folder(folder);
}
END_TEST

/* "a/x" with its bytes deflated, in a file with the sizes that are given. */
static struct bytes deflated(uint64_t claimed, size_t left_out)
{
    struct bytes file = two_records();
    unsigned char packed[200], *local = find(file, LOCAL, 0), *entry = find(file, ENTRY, 0);
    const size_t begin = 30 + 3 + (size_t)(local[28] | local[29] << 8);
    z_stream stream = {.next_in = local + begin, .avail_in = 100, .next_out = packed, .avail_out = sizeof packed};
    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    const size_t length = stream.total_out - left_out;
    deflateEnd(&stream);
    memcpy(local + begin, packed, length);
    put(local + 8, 8, 2), put(entry + 10, 8, 2);
    put(local + 18, length, 4), put(entry + 20, length, 4);
    put(local + 22, claimed, 4), put(entry + 24, claimed, 4);
    return file;
}

START_TEST(deflated_is_read)
{
    char error[160];
    struct bytes file = deflated(100, 0);
    ck_assert_msg(read_all(file, error), "%s", error);
    free(file.at);
}
END_TEST

/* ---- What is refused --------------------------------------------------------------------------------------------- */

START_TEST(deflated_wrongly)
{
    expect_error(deflated(99, 0), "what it was deflated to is damaged");
    expect_error(deflated(101, 0), "what it was deflated to is damaged");
    expect_error(deflated(0, 0), "what it was deflated to is damaged");
    expect_error(deflated(100, 1), "what it was deflated to is damaged");
    expect_error(deflated(4000000000u, 0), "it claims to be larger than so few bytes can be");
}
END_TEST

START_TEST(records_that_share)
{
    struct bytes file = two_records();
    put(find(file, ENTRY, 1) + 46, 'a' | '/' << 8 | 'x' << 16, 3);
    put(find(file, LOCAL, 1) + 30, 'a' | '/' << 8 | 'x' << 16, 3);
    expect_error(file, "two records in it have the same name");

    /* a record within the bytes of another one */
    file = two_records();
    unsigned char *second = find(file, LOCAL, 1), *first = find(file, LOCAL, 0);
    const size_t begin = 33 + (size_t)(first[28] | first[29] << 8);
    memmove(first + begin, second, 40);
    put(first + begin + 28, 0, 2);
    put(find(file, ENTRY, 1) + 42, begin, 4);
    expect_error(file, "two records in it overlap");

    /* one header for both */
    file = two_records();
    memcpy(find(file, ENTRY, 1), find(file, ENTRY, 0), 46 + 3);
    expect_error(file, "two records in it overlap");
}
END_TEST

/* Each a number changed: of which structure, where, how many bytes, to what. */
static const struct {
    unsigned mark;
    int at, bytes;
    uint64_t value;
    const char *error;
} LIES[] = {
    {LOCAL, 14, 4, 0, "contradicts a record's header"}, /* CRC */
    {LOCAL, 18, 4, 99, "contradicts a record's header"},
    {LOCAL, 22, 4, 101, "contradicts a record's header"},
    {LOCAL, 8, 2, 8, "contradicts a record's header"},
    {LOCAL, 6, 2, 1 << 11 | 8, "contradicts a record's header"}, /* sizes behind it */
    {LOCAL, 30, 1, 'b', "contradicts a record's header"},
    {LOCAL, 28, 2, 65535, "lies beyond its end"},
    {ENTRY, 20, 4, 4000000000u, "lies beyond its end"},
    {ENTRY, 42, 4, 4000000000u, "lies beyond its end"},
    {ENTRY, 42, 4, 0xffffffff, "lies beyond its end"},
    {ENTRY, 28, 2, 65535, "its directory is damaged"},
    {ENTRY, 30, 2, 65535, "its directory is damaged"},
    {ENTRY, 32, 2, 65535, "its directory is damaged"},
    {ENTRY, 34, 2, 1, "its directory is damaged"},
    {ENTRY, 46, 1, 0, "a zero byte"},
    {END, 4, 2, 1, "a part of several"},
    {END, 8, 2, 3, "its numbers of records differ"},
    {END, 12, 4, 1, "its directory is not where it should be"},
    {END, 16, 4, 0xffffffff, "its directory is not where it should be"},
    {END, 20, 2, 1, "it has no directory at its end"},
};

START_TEST(lies)
{
    struct bytes file = two_records();
    put(find(file, LIES[_i].mark, 0) + LIES[_i].at, LIES[_i].value, LIES[_i].bytes);
    expect_error(file, LIES[_i].error);
}
END_TEST

START_TEST(more_or_fewer_records)
{
    for (int count = 0; count < 5; count++) {
        struct bytes file = two_records();
        char error[160];
        put(find(file, END, 0) + 8, (uint64_t)count * 0x10001, 4);
        ck_assert_int_eq(read_all(file, error), count == 2);
        free(file.at);
    }
}
END_TEST

START_TEST(wrong_sum)
{
    struct bytes file = two_records();
    unsigned char *local = find(file, LOCAL, 0);
    local[33 + (local[28] | local[29] << 8)] ^= 1;
    expect_error(file, "its CRC-32 is wrong");
}
END_TEST

/* The same file with a zip64 record, which says what `count`, `size` and `begin` add to what is true. */
static struct bytes with_end64(uint64_t count, uint64_t size, uint64_t begin, uint64_t at)
{
    struct bytes file = two_records(), wide = {malloc(file.size + 76), file.size + 76};
    const size_t end = file.size - 22;
    const unsigned char *old = file.at + end;
    const uint64_t directory = (uint64_t)old[16] | (uint64_t)old[17] << 8;
    unsigned char *to = wide.at + end;
    memcpy(wide.at, file.at, end);
    memset(to, 0, 76);
    memcpy(to + 76, old, 22);
    put(to, END64, 4), put(to + 4, 44, 8);
    put(to + 24, 2 + count, 8), put(to + 32, 2 + count, 8);
    put(to + 40, end - directory + size, 8), put(to + 48, directory + begin, 8);
    put(to + 56, LOCATOR, 4), put(to + 64, end + at, 8), put(to + 72, 1, 4);
    free(file.at);
    return wide;
}

START_TEST(zip64_lies)
{
    char error[160];
    struct bytes file = with_end64(0, 0, 0, 0);
    ck_assert_msg(read_all(file, error), "%s", error);
    put(file.at + file.size - 22 + 8, 0xffffffff, 4);
    put(file.at + file.size - 22 + 12, 0xffffffffffffffff, 8);
    ck_assert_msg(read_all(file, error), "%s", error);
    free(file.at);
    static const uint64_t least = (uint64_t)-1;
    expect_error(with_end64(1, 0, 0, 0), "contradicts what stands behind it");
    expect_error(with_end64(0, least, 0, 0), "contradicts what stands behind it");
    expect_error(with_end64(0, 0, 1ull << 63, 0), "contradicts what stands behind it");
    expect_error(with_end64(0, 0, 0, 1), "not where it should be");
    expect_error(with_end64(0, 0, 0, least), "not where it should be");
    expect_error(with_end64(0, 0, 0, 1ull << 63), "not where it should be");
    static const uint64_t counts[] = {3, 1ull << 40, 1ull << 58, least};
    for (int i = 0; i < 4; i++) {
        file = with_end64(counts[i] - 2, 0, 0, 0);
        put(file.at + file.size - 22 + 8, 0xffffffff, 4);
        ck_assert_msg(!read_all(file, error), "%llu records", (unsigned long long)counts[i]);
        free(file.at);
    }
}
END_TEST

/* However a file is cut or changed: it is read or refused, and nothing crashes. */
START_TEST(cut_or_changed)
{
    char error[160];
    struct bytes file = _i ? deflated(100, 0) : with_end64(0, 0, 0, 0);
    for (struct bytes part = file; part.size > 0;) {
        part.size--;
        ck_assert(!read_all(part, error));
    }
    for (size_t i = 0; i < file.size; i++) {
        static const unsigned char others[] = {0, 1, 0x7f, 0xff};
        const unsigned char kept = file.at[i];
        for (int k = 0; k < 4; k++) {
            file.at[i] = others[k];
            read_all(file, error);
        }
        file.at[i] = kept;
    }
    free(file.at);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("zip");
    TCase *core = tcase_create("core"), *wrong = tcase_create("wrong");
    tcase_set_timeout(core, 60);
    tcase_add_test(core, written_is_read);
    tcase_add_test(core, no_records);
    tcase_add_test(core, many_records);
    tcase_add_test(core, beyond_four_gigabytes);
    tcase_add_test(core, deflated_is_read);
    suite_add_tcase(suite, core);
    tcase_set_timeout(wrong, 60);
    tcase_add_test(wrong, deflated_wrongly);
    tcase_add_test(wrong, records_that_share);
    tcase_add_loop_test(wrong, lies, 0, sizeof LIES / sizeof *LIES);
    tcase_add_test(wrong, more_or_fewer_records);
    tcase_add_test(wrong, wrong_sum);
    tcase_add_test(wrong, zip64_lies);
    tcase_add_loop_test(wrong, cut_or_changed, 0, 2);
    suite_add_tcase(suite, wrong);
    return run_suite(suite);
}
