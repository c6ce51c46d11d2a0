/* Source: what text is taken, and where its bytes stand. */
#include <stdlib.h>
#include <string.h>

#include "base/source.h"
#include "suite.h"

static Arena *arena;
static const char *error;

static void setup(void)
{
    arena = arena_new();
    error = NULL;
}

static void teardown(void)
{
    arena_free(arena);
}

static const Source *source_of(const char *text, size_t length)
{
    return source_from_text(arena, "dir/x.net", text, length, &error);
}

START_TEST(lines_are_found)
{
    const Source *source = source_of("ab\n\ncd\n", 7);
    ck_assert_ptr_nonnull(source);
    ck_assert_int_eq(source->line_count, 4);
    ck_assert_str_eq(source->directory, "dir/");
    static const int places[][3] = {{0, 1, 1}, {1, 1, 2}, {2, 1, 3}, {3, 2, 1}, {4, 3, 1}, {6, 3, 3}, {7, 4, 1}};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        int line, column;
        source_position(source, places[i][0], &line, &column);
        ck_assert_int_eq(line, places[i][1]);
        ck_assert_int_eq(column, places[i][2]);
    }
}
END_TEST

START_TEST(columns_count_characters)
{
    const Source *source = source_of("\xc3\xa9\xe2\x82\xac x", 7);
    int line, column;
    source_position(source, 6, &line, &column);
    ck_assert_int_eq(column, 4);
}
END_TEST

START_TEST(byte_order_mark_and_crlf_go)
{
    const Source *source = source_of("\xef\xbb\xbf" "a\r\nb\r", 8);
    ck_assert_str_eq(source->text, "a\nb\r");
    ck_assert_int_eq(source->length, 4);
}
END_TEST

START_TEST(empty_text_has_one_line)
{
    const Source *source = source_of("", 0);
    ck_assert_ptr_nonnull(source);
    ck_assert_int_eq(source->line_count, 1);
    ck_assert_int_eq(source->length, 0);
}
END_TEST

/* A zero byte; malformed, overlong, surrogate and too large characters; one that is cut off. */
static const struct {
    const char *text;
    size_t length;
} refused[] = {{"a\0b", 3}, {"\x80", 1}, {"\xc0\xaf", 2}, {"\xe0\x80\x80", 3}, {"\xed\xa0\x80", 3},
               {"\xf4\x90\x80\x80", 4}, {"\xf5\x80\x80\x80", 4}, {"x\xe2\x82", 3}, {"\xff", 1}};

START_TEST(what_is_no_text_is_refused)
{
    ck_assert_ptr_null(source_of(refused[_i].text, refused[_i].length));
    ck_assert_ptr_nonnull(error);
    ck_assert_ptr_nonnull(strstr(error, "dir/x.net:1:"));
}
END_TEST

START_TEST(what_is_no_text_is_told_where_it_stands)
{
    ck_assert_ptr_null(source_of("a\n\xc3\xa9 \xff", 6));
    ck_assert_str_eq(error, "dir/x.net:2:3: error: byte 0xff is not UTF-8: save the text as UTF-8");
    ck_assert_ptr_null(source_of("\n\nab\0", 5));
    ck_assert_str_eq(error, "dir/x.net:3:3: error: zero byte: is it a .net file?");
}
END_TEST

START_TEST(missing_files_are_reported)
{
    ck_assert_ptr_null(source_read(arena, "no such folder/x.net", &error));
    ck_assert_str_eq(error, "netc: cannot read 'no such folder/x.net': No such file or directory");
    ck_assert_ptr_null(source_read(arena, ".", &error));
    ck_assert_str_eq(error, "netc: cannot read '.': Is a directory");
}
END_TEST

START_TEST(large_files_are_refused)
{
    size_t length = 16 * 1024 * 1024 + 1;
    char *text = malloc(length);
    ck_assert_ptr_nonnull(text);
    memset(text, '\n', length);
    ck_assert_ptr_null(source_of(text, length));
    ck_assert_ptr_nonnull(source_of(text, length - 1));
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source");
    TCase *core = tcase_create("core"), *limits = tcase_create("limits");
    tcase_add_checked_fixture(core, setup, teardown);
    tcase_add_checked_fixture(limits, setup, teardown);
    tcase_add_test(core, lines_are_found);
    tcase_add_test(core, columns_count_characters);
    tcase_add_test(core, byte_order_mark_and_crlf_go);
    tcase_add_test(core, empty_text_has_one_line);
    tcase_add_loop_test(limits, what_is_no_text_is_refused, 0, sizeof refused / sizeof refused[0]);
    tcase_add_test(limits, what_is_no_text_is_told_where_it_stands);
    tcase_add_test(limits, missing_files_are_reported);
    tcase_add_test(limits, large_files_are_refused);
    suite_add_tcase(suite, core);
    suite_add_tcase(suite, limits);
    return run_suite(suite);
}
