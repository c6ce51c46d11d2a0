/* Characters beyond ASCII: names, slips of the keyboard, identifiers of C, cells of a terminal. */
#include <string.h>

#include "system/cells.h"
#include "base/character.h"
#include "suite.h"

static const struct {
    const char *text;
    int length, part; /* as a name, and where digits may be first */
} names[] = {{"conv1", 5, 5}, {"_x", 2, 2},        {"3d", 0, 2},      {"", 0, 0},          {"-", 0, 0},
             {"特征，", 6, 6}, {"éa\u0301(", 5, 5}, {"\u0301a", 0, 3}, {"Ｃonv2d", 0, 0}, {"a特.b", 4, 4},
             {"a€", 1, 1},    {"𠀀b", 5, 5},        {"x\u200db", 1, 1}, {"١a", 0, 3}};

START_TEST(names_end_where_letters_end)
{
    const char *text = names[_i].text;
    ck_assert_int_eq(character_name_length(text, (int)strlen(text), false), names[_i].length);
    ck_assert_int_eq(character_name_length(text, (int)strlen(text), true), names[_i].part);
}
END_TEST

START_TEST(slips_are_known)
{
    ck_assert_int_eq(character_ascii("，"), ',');
    ck_assert_int_eq(character_ascii("～"), '~');
    ck_assert_int_eq(character_ascii("“"), '"');
    ck_assert_int_eq(character_ascii("\u3000"), ' ');
    ck_assert_int_eq(character_ascii("€"), 0);
}
END_TEST

START_TEST(identifiers_are_c)
{
    Arena *arena = arena_new();
    ck_assert_str_eq(character_identifier(arena, "a.b_1"), "a_b_1");
    ck_assert_str_eq(character_identifier(arena, "特.é"), "u7279_u00e9");
    ck_assert_str_eq(character_identifier(arena, "𠀀1"), "U000200001");
    arena_free(arena);
}
END_TEST

START_TEST(wide_characters_take_two_cells)
{
    ck_assert_int_eq(nc_text_cells("abc"), 3);
    ck_assert_int_eq(nc_text_cells("特征，"), 6);
    ck_assert_int_eq(nc_text_cells("ﾊé"), 2);
    ck_assert_int_eq(nc_text_cells("e\u0301"), 1);
    ck_assert_int_eq(nc_text_cells("\xff\xe7\x89"), 3); /* no UTF-8: a cell a byte */
    ck_assert_int_eq(nc_field("特征", 10), 12);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("character");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, names_end_where_letters_end, 0, sizeof names / sizeof names[0]);
    tcase_add_test(core, slips_are_known);
    tcase_add_test(core, identifiers_are_c);
    tcase_add_test(core, wide_characters_take_two_cells);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
