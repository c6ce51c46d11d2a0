/* The cache of what the C compiler made: what goes when it is full. That it takes nothing that is damaged or another
 * user's is tests/tier_test.py. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>

#include "cache.h"
#include "suite.h"

enum { SIZE = 1000, KEPT = SIZE + CACHE_KEY - 1 /* with the digest */ };

static char folder[64];
static Arena *arena;

static void begin(void)
{
    snprintf(folder, sizeof folder, "/tmp/netc-cache-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    setenv("XDG_CACHE_HOME", folder, 1);
    arena = arena_new();
}

static void end(void)
{
    char command[128];
    arena_free(arena);
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static const char *path_of(const char *name)
{
    return arena_printf(arena, "%s/netc/%s", folder, name);
}

/* Keeps an entry, and makes it one that was last read so many seconds ago. */
static void keep(const char *key, int seconds, int64_t most)
{
    char bytes[SIZE];
    struct timespec times[2];
    memset(bytes, *key, sizeof bytes);
    cache_write(arena, key, bytes, sizeof bytes, most);
    clock_gettime(CLOCK_REALTIME, &times[0]);
    times[0].tv_sec -= seconds;
    times[1] = times[0];
    utimensat(AT_FDCWD, path_of(arena_printf(arena, "%s.so", key)), times, 0);
}

static bool has(const char *key)
{
    return access(path_of(arena_printf(arena, "%s.so", key)), F_OK) == 0;
}

START_TEST(those_not_read_for_longest_go)
{
    begin();
    keep("a", 400, 3 * KEPT);
    keep("b", 300, 3 * KEPT);
    keep("c", 200, 3 * KEPT);
    ck_assert(has("a") && has("b") && has("c")); /* just as many as fit */
    const char *bytes;
    size_t size;
    ck_assert(cache_read(arena, "a", &bytes, &size)); /* and so it is the youngest */
    ck_assert_uint_eq(size, SIZE);
    ck_assert_int_eq(bytes[SIZE - 1], 'a');
    keep("d", 0, 3 * KEPT);
    ck_assert(has("a") && !has("b") && has("c") && has("d"));
    keep("e", 0, 2 * KEPT + 1);
    ck_assert(has("e") && !has("b") && !has("c"));
    ck_assert_int_eq(has("a") + has("d"), 1);
    end();
}
END_TEST

START_TEST(what_is_larger_than_all_is_not_kept)
{
    begin();
    keep("a", 10, 3 * KEPT);
    keep("b", 0, KEPT - 1);
    ck_assert(!has("a") && !has("b"));
    end();
}
END_TEST

START_TEST(other_files_count_nothing_and_stay)
{
    begin();
    keep("a", 10, KEPT);
    FILE *other = fopen(path_of("notes.txt"), "w");
    ck_assert_ptr_nonnull(other);
    fprintf(other, "%*s", 4 * KEPT, "");
    fclose(other);
    keep("b", 0, 2 * KEPT);
    ck_assert(has("a") && has("b"));
    keep("c", 0, 2 * KEPT);
    ck_assert(!has("a") && has("b") && has("c"));
    ck_assert_int_eq(access(path_of("notes.txt"), F_OK), 0);
    end();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cache");
    TCase *core = tcase_create("core");
    tcase_add_test(core, those_not_read_for_longest_go);
    tcase_add_test(core, what_is_larger_than_all_is_not_kept);
    tcase_add_test(core, other_files_count_nothing_and_stay);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
