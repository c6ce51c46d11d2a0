/* Diag: the form of messages, their order, and suggestions. */
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"
#include "suite.h"

static Arena *arena;
static Diag *diag;
static const Source *source;
static const char text[] = "model A(3) {\n\tFlatten(\xc3\xa9)\n    Linear(64*8*8, 64)\n}\n";

static void setup(void)
{
    const char *error = NULL;
    arena = arena_new();
    diag = diag_new(arena);
    source = source_from_text(arena, "a.net", text, sizeof text - 1, &error);
}

static void teardown(void)
{
    arena_free(arena);
}

/* The bytes of the first `part` of the text. */
static Span span(const char *part)
{
    int start = (int)(strstr(text, part) - text);
    return (Span){source, start, start + (int)strlen(part)};
}

static const char *printed(bool color)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    ck_assert_ptr_nonnull(out);
    diag_print(diag, out, color);
    fclose(out);
    const char *copy = arena_copy(arena, bytes, length);
    free(bytes);
    return copy;
}

START_TEST(message_has_place_line_and_underline)
{
    diag_error(diag, span("64*8*8"), "Linear expects %d input features but receives %d", 4096, 1024);
    diag_note(diag, span("Flatten(\xc3\xa9)"), "Flatten gives 1024 here");
    ck_assert_str_eq(printed(false), "a.net:3:12: error: Linear expects 4096 input features but receives 1024\n"
                                     "    Linear(64*8*8, 64)\n"
                                     "           ^~~~~~\n"
                                     "a.net:2:2: note: Flatten gives 1024 here\n"
                                     "\tFlatten(\xc3\xa9)\n"
                                     "\t^~~~~~~~~~\n");
}
END_TEST

START_TEST(messages_come_in_the_order_of_the_text)
{
    diag_error(diag, span("Linear"), "third");
    diag_warning(diag, span("model"), "first");
    diag_error(diag, span("Flatten"), "second");
    const char *out = printed(false);
    ck_assert_ptr_nonnull(strstr(out, "1:1: warning: first"));
    ck_assert(strstr(out, "first") < strstr(out, "second") && strstr(out, "second") < strstr(out, "third"));
}
END_TEST

START_TEST(repetitions_are_dropped_with_their_notes)
{
    diag_error(diag, span("Linear"), "one");
    diag_error(diag, span("Linear"), "two");
    diag_note(diag, span("model"), "of two");
    ck_assert_int_eq(diag_error_count(diag), 1);
    const char *out = printed(false);
    ck_assert_ptr_null(strstr(out, "two"));
    ck_assert_int_eq(diag_error_count(diag), 0);
    ck_assert_str_eq(printed(false), "");
}
END_TEST

START_TEST(underline_ends_with_the_line)
{
    diag_error(diag, (Span){source, 0, source->length}, "all of it");
    ck_assert_str_eq(printed(false), "a.net:1:1: error: all of it\nmodel A(3) {\n^~~~~~~~~~~~\n");
}
END_TEST

START_TEST(places_at_the_end_and_nowhere)
{
    diag_error(diag, (Span){source, source->length, source->length}, "end");
    diag_error(diag, (Span){0}, "nowhere");
    ck_assert_str_eq(printed(false), "a.net:5:1: error: end\n\n^\nnetc: error: nowhere\n");
}
END_TEST

START_TEST(color_is_for_terminals)
{
    diag_error(diag, span("Linear"), "wrong");
    ck_assert_ptr_nonnull(strstr(printed(true), "\033[1;31merror:"));
}
END_TEST

START_TEST(many_errors_are_counted)
{
    for (int i = 0; i < 5000; i++)
        diag_error(diag, (Span){source, i % source->length, i % source->length + 1 + i / source->length}, "no. %d", i);
    ck_assert_int_eq(diag_error_count(diag), 5000);
    ck_assert_ptr_nonnull(strstr(printed(false), "netc: 4980 more errors\n"));
}
END_TEST

static const struct {
    const char *name, *closest;
} names[] = {{"MaxPol2d", "MaxPool2d"}, {"conv2d", "Conv2d"},  {"Covn2d", "Conv2d"}, {"Linaer", "Linear"},
             {"Linear", "Linear"},      {"Batch", NULL},       {"x", NULL},          {"", NULL},
             {"MaxPool", "MaxPool2d"},  {"LinearLayer", NULL}, {"lr", "l1"},
             {"l2", "l1"},              {"Linears", "Linear"}, {"Lineal", "Linear"}};

START_TEST(suggestions)
{
    static const char *const known[] = {"Conv2d", "MaxPool2d", "Linear", "l1"};
    const char *closest = diag_closest(names[_i].name, known, 4);
    if (names[_i].closest)
        ck_assert_str_eq(closest, names[_i].closest);
    else
        ck_assert_ptr_null(closest);
}
END_TEST

START_TEST(long_names_have_no_suggestion)
{
    char name[1000];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = 0;
    const char *known = name;
    ck_assert_ptr_null(diag_closest(name, &known, 1));
    ck_assert_ptr_null(diag_closest("aaa", (const char *const[]){"b"}, 1));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("diag");
    TCase *core = tcase_create("core"), *limits = tcase_create("limits");
    tcase_add_checked_fixture(core, setup, teardown);
    tcase_add_checked_fixture(limits, setup, teardown);
    tcase_add_test(core, message_has_place_line_and_underline);
    tcase_add_test(core, messages_come_in_the_order_of_the_text);
    tcase_add_test(core, repetitions_are_dropped_with_their_notes);
    tcase_add_test(core, color_is_for_terminals);
    tcase_add_loop_test(core, suggestions, 0, sizeof names / sizeof names[0]);
    tcase_add_test(limits, underline_ends_with_the_line);
    tcase_add_test(limits, places_at_the_end_and_nowhere);
    tcase_add_test(limits, many_errors_are_counted);
    tcase_add_test(limits, long_names_have_no_suggestion);
    suite_add_tcase(suite, core);
    suite_add_tcase(suite, limits);
    return run_suite(suite);
}
