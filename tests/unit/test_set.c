/* StringSet: every string is new once, however many there are, and keeps its value. */
#include "base/set.h"
#include "suite.h"

START_TEST(each_string_is_new_once)
{
    Arena *arena = arena_new();
    StringSet set = {0};
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 5000; i++)
            ck_assert_int_eq(string_set_add(arena, &set, arena_printf(arena, "conv2d_%d", i)), round == 0);
    }
    ck_assert_uint_eq(set.count, 5000);
    ck_assert(string_set_add(arena, &set, ""));
    ck_assert(!string_set_add(arena, &set, ""));
    arena_free(arena);
}
END_TEST

START_TEST(a_string_keeps_its_first_value)
{
    Arena *arena = arena_new();
    StringSet set = {0};
    int values[1000], other;
    ck_assert_ptr_null(string_set_value(&set, "0"));
    for (int i = 0; i < 1000; i++)
        ck_assert(string_set_add_with(arena, &set, arena_printf(arena, "%d", i), &values[i]));
    ck_assert(!string_set_add_with(arena, &set, "7", &other));
    for (int i = 0; i < 1000; i++)
        ck_assert_ptr_eq(string_set_value(&set, arena_printf(arena, "%d", i)), &values[i]);
    ck_assert_ptr_null(string_set_value(&set, "1000"));
    arena_free(arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("set");
    TCase *core = tcase_create("core");
    tcase_add_test(core, each_string_is_new_once);
    tcase_add_test(core, a_string_keeps_its_first_value);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
