/* Signatures: how arguments find their parameters, and what their types take. */
#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "vocabulary/vocabulary.h"

static Arena *arena;
static Diag *diag;
static Args args;

static const Param params[] = {
    {"size", ARG_SIZE, NULL, NULL},
    {"kernel", ARG_PAIR, NULL, NULL},
    {"padding", ARG_PADDING, "0", NULL},
    {"p", ARG_FLOAT, "0.5", NULL},
    {"bias", ARG_BOOL, "True", NULL},
    {"mode", ARG_STRING, "\"zeros\"", NULL},
    {"stride", ARG_PAIR, "None", NULL},
    {"dtype", ARG_STRING, "None", "dtype is refused"},
    {"list", ARG_FLOATS, "None", NULL},
    {0},
};

static void setup(void)
{
    arena = arena_new();
    diag = diag_new(arena);
}

static void teardown(void)
{
    arena_free(arena);
}

static Constant number(int64_t value)
{
    return (Constant){.kind = CONSTANT_INT, .i = value};
}

static Constant string(const char *text)
{
    return (Constant){.kind = CONSTANT_STRING, .s = text};
}

static bool bind_layer(const Given *given, int count)
{
    return signature_bind(arena, diag, "Layer", params, given, count, (Span){0}, &args);
}

/* Whether the only message says this. */
static void assert_message(const char *sentence)
{
    char *bytes = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&bytes, &length);
    ck_assert_int_eq(diag_error_count(diag), 1);
    diag_print(diag, out, false);
    fclose(out);
    ck_assert_msg(strstr(bytes, sentence) != NULL, "'%s' is not in '%s'", sentence, bytes);
    free(bytes);
}

START_TEST(places_and_names)
{
    Given given[] = {{.value = number(3)}, {.value = number(5)}, {.name = "bias", .value = {.kind = CONSTANT_BOOL}},
                     {.name = "p", .value = number(1)}};
    ck_assert(bind_layer(given, 4));
    ck_assert_int_eq(args.at[0].i, 3);
    ck_assert(args.at[0].given);
    ck_assert(args.at[1].pair[0] == 5 && args.at[1].pair[1] == 5);
    ck_assert_double_eq(args.at[3].f, 1.0);
    ck_assert_int_eq(args.at[4].i, 0);
    ck_assert(!args.at[5].given);
    ck_assert_str_eq(args.at[5].s, "zeros");
    ck_assert(args.at[6].none);
}
END_TEST

START_TEST(sequences_and_inference)
{
    Constant pair[] = {{.kind = CONSTANT_INT, .i = 2}, {.kind = CONSTANT_INT, .i = 7}};
    Constant list[] = {{.kind = CONSTANT_INT, .i = 1}, {.kind = CONSTANT_FLOAT, .f = 0.25}};
    Given given[] = {{.value = {.kind = CONSTANT_INFER}},
                     {.value = {.kind = CONSTANT_SEQUENCE, .items = pair, .count = 2}},
                     {.value = string("same")},
                     {.name = "list", .value = {.kind = CONSTANT_SEQUENCE, .items = list, .count = 2}}};
    ck_assert(bind_layer(given, 4));
    ck_assert(args.at[0].inferred);
    ck_assert(args.at[1].pair[0] == 2 && args.at[1].pair[1] == 7);
    ck_assert_str_eq(args.at[2].s, "same");
    ck_assert_int_eq(args.at[8].list_count, 2);
    ck_assert_double_eq(args.at[8].list[1], 0.25);
}
END_TEST

START_TEST(missing_arguments)
{
    ck_assert(!bind_layer(NULL, 0));
    assert_message("Layer lacks size, kernel: Layer(size, kernel, padding=0, p=0.5, bias=True");
}
END_TEST

START_TEST(unknown_names)
{
    Given given[] = {{.value = number(3)}, {.value = number(3)}, {.name = "bais", .value = number(1)}};
    ck_assert(!bind_layer(given, 3));
    assert_message("Layer has no argument 'bais'; did you mean 'bias'?");
}
END_TEST

START_TEST(refused_arguments)
{
    Given given[] = {{.value = number(3)}, {.value = number(3)}, {.name = "dtype", .value = {.kind = CONSTANT_NONE}}};
    ck_assert(bind_layer(given, 3));
    given[2].value = string("float16");
    ck_assert(!bind_layer(given, 3));
    assert_message("error: dtype is refused");
}
END_TEST

START_TEST(broken_values_are_silent)
{
    Given given[] = {{.value = {.kind = CONSTANT_BROKEN}}, {.value = number(3)}};
    ck_assert(!bind_layer(given, 2));
    ck_assert_int_eq(diag_error_count(diag), 0);
}
END_TEST

static const struct {
    int place;
    Constant value;
    const char *message;
} wrong[] = {
    {0, {.kind = CONSTANT_FLOAT, .f = 32}, "size to be a whole number or _ but gets 32.0; a division that stays whole"},
    {0, {.kind = CONSTANT_INT, .i = INT64_MAX}, "which is too large"},
    {0, {.kind = CONSTANT_BOOL, .i = 1}, "but gets True"},
    {1, {.kind = CONSTANT_INFER}, "but gets _, which stands only for sizes"},
    {1, {.kind = CONSTANT_STRING, .s = "same"}, "kernel to be a whole number or a pair of them but gets \"same\""},
    {2, {.kind = CONSTANT_STRING, .s = "sam"}, "\"same\" or \"valid\" but gets \"sam\""},
    {3, {.kind = CONSTANT_NONE}, "p to be a number but gets None"},
    {4, {.kind = CONSTANT_INT, .i = 1}, "bias to be True or False but gets 1"},
    {5, {.kind = CONSTANT_INT, .i = 1}, "mode to be a string in quotes but gets 1"},
    {8, {.kind = CONSTANT_SEQUENCE}, "list to be a list of numbers but gets ()"},
};

START_TEST(wrong_types)
{
    Given given[3] = {{.name = "size", .value = number(3)}, {.name = "kernel", .value = number(3)}};
    int place = wrong[_i].place, count = place < 2 ? place : 2;
    given[count] = (Given){.name = params[place].name, .value = wrong[_i].value};
    ck_assert(!bind_layer(given, place < 2 ? 2 : 3));
    assert_message(wrong[_i].message);
}
END_TEST

START_TEST(too_many_arguments)
{
    Given given[40];
    for (int i = 0; i < 40; i++)
        given[i] = (Given){.value = number(1)};
    ck_assert(!bind_layer(given, 40));
}
END_TEST

/* torch: 1 / sqrt(fan_in), reached by its own roundabout way. */
START_TEST(bounds_of_the_initial_values)
{
    ck_assert_double_eq_tol(init_weight_bound(75), 0.11547005383792514, 1e-16);
    ck_assert_double_eq(init_bias_bound(1024), 0.03125);
}
END_TEST

/* Every default can be bound, and no signature is longer than Args. */
START_TEST(every_signature_is_sound)
{
    const Constant one = number(1), list_of_one = {CONSTANT_SEQUENCE, .items = &one, .count = 1};
    const Constant word = {CONSTANT_STRING, .s = "row"};
    for (int i = 0; vocabulary_layers[i]; i++) {
        const Param *list = vocabulary_layers[i]->params;
        int count = 0;
        for (; list[count].name; count++)
            ck_assert_int_eq(signature_find(list, list[count].name), count);
        ck_assert_int_le(count, MAX_ARGS);
        Given given[MAX_ARGS];
        int required = 0;
        for (; required < count && !list[required].fallback; required++)
            given[required] = (Given){.value = list[required].type == ARG_FLOATS   ? list_of_one
                                               : list[required].type == ARG_STRING ? word
                                                                                   : number(1)};
        ck_assert_msg(signature_bind(arena, diag, "layer", list, given, required, (Span){0}, &args), "%s",
                      vocabulary_layers[i]->name);
    }
}
END_TEST

/* What is refused by name under a sentence of its own may have come since. */
START_TEST(nothing_there_is_refused)
{
    Noun noun;
    for (int place = 0; vocabulary_noun(place, &noun); place++)
        ck_assert_msg(vocabulary_refused(noun.name) == NULL, "%s %s", noun.name, vocabulary_refused(noun.name));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("signature");
    TCase *core = tcase_create("core"), *limits = tcase_create("limits");
    tcase_add_checked_fixture(core, setup, teardown);
    tcase_add_checked_fixture(limits, setup, teardown);
    tcase_add_test(core, places_and_names);
    tcase_add_test(core, sequences_and_inference);
    tcase_add_test(core, missing_arguments);
    tcase_add_test(core, unknown_names);
    tcase_add_test(core, refused_arguments);
    tcase_add_test(core, broken_values_are_silent);
    tcase_add_loop_test(core, wrong_types, 0, sizeof wrong / sizeof wrong[0]);
    tcase_add_test(core, bounds_of_the_initial_values);
    tcase_add_test(core, every_signature_is_sound);
    tcase_add_test(core, nothing_there_is_refused);
    tcase_add_test(limits, too_many_arguments);
    suite_add_tcase(suite, core);
    suite_add_tcase(suite, limits);
    return run_suite(suite);
}
