/* Text tables: numbers to the last bit, cells however they are written, and what is refused, with its place. */
#include <math.h>

#include "core.h"
#include "data/csv.h"
#include "data/table.h"
#include "fails.h"
#include "suite.h"
#include "system/csv_cell.h"

static const struct nc_loss loss = {.ignore_index = -100};
static struct nc_model model = {.name = "Small", .input_rank = 1, .input_shape = {2}, .outputs = 1};
static struct nc_run run = {.model = &model, .program = "test"};
static char folder[64];

static void start(void)
{
    make_folder(folder);
    run.base_folder = NULL;
    model = (struct nc_model){.name = "Small", .input_rank = 1, .input_shape = {2}, .outputs = 1};
}

static void finish(void)
{
    remove_folder(folder);
}

static const char *in_folder(const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_text(const char *name, const char *text)
{
    write_file(folder, name, text, strlen(text));
}

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

START_TEST(numbers_are_those_of_strtod)
{
    static const char *const texts[] = {
        "0", "-0", "1", "+1", ".5", "5.", "007", "1e3", "1E-3", "-1.5e+10", "123456789012345678", "1e22", "1e23",
        "9007199254740993", "0.1", "0.3", "1.7976931348623157e308", "4.9e-324", "2.2250738585072011e-308",
        "1e-400", "1e400", "1e99999999999999999999", "0.0000000000000000000000000000001", "179769313486231580793e289",
        "3.14159265358979323846264338327950288", "0.000000000000000000000000000000000000000000000000000000000000000001",
        "1000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        double value = 77, expected = strtod(texts[i], NULL);
        ck_assert_msg(nc_number(texts[i], strlen(texts[i]), &value), "%s", texts[i]);
        ck_assert_msg(memcmp(&value, &expected, sizeof value) == 0, "%s gives %.17g", texts[i], value);
    }
}
END_TEST

START_TEST(many_numbers_are_those_of_strtod)
{
    unsigned long long state = 1;
    char text[64];
    for (int i = 0; i < 200000; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        double value = 0, expected;
        if (i % 2)
            snprintf(text, sizeof text, "%.*f", (int)(state >> 60), (double)(long long)(state >> 20) / 1e6);
        else
            snprintf(text, sizeof text, "%llue%d", state >> (state & 63), (int)(state >> 32 & 63) - 32);
        expected = strtod(text, NULL);
        ck_assert(nc_number(text, strlen(text), &value));
        ck_assert_msg(value == expected, "%s gives %.17g, not %.17g", text, value, expected);
    }
}
END_TEST

START_TEST(words_are_no_numbers)
{
    static const char *const texts[] = {"", "-", "+", ".", "e5", "1e", "1e+", "0x10", "inf", "nan", "1 2", "1,5", "--1",
                                        "1.2.3", "1_000", "12a", "\xef\xbc\x91"};
    double value;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ck_assert_msg(!nc_number(texts[i], strlen(texts[i]), &value), "%s", texts[i]);
}
END_TEST

/* ---- Cells ------------------------------------------------------------------------------------------------------- */

static struct nc_data bare = {.run = &run, .name = "set"};

static struct nc_csv tables[8]; /* what they hold lives until the program ends */

static struct nc_csv read_text(const char *text, char delimiter, int header)
{
    static char path[128];
    write_text("t.csv", text);
    snprintf(path, sizeof path, "%s", in_folder("t.csv"));
    static int next;
    struct nc_csv *csv = &tables[next++ % 8];
    *csv = (struct nc_csv){.data = &bare, .path = path, .delimiter = delimiter, .header = header};
    nc_csv_read(csv);
    return *csv;
}

static void expect_word(const struct nc_csv *csv, int row, int column, const char *expected)
{
    char *word = nc_csv_word(csv, row, column);
    ck_assert_str_eq(word, expected);
    free(word);
}

START_TEST(cells_however_they_are_written)
{
    struct nc_csv csv = read_text("\xef\xbb\xbf\n  \n a , \"b \"\"c\"\"\",\"d,\ne\"\r\n1.5,  two words ,\"3\"\r\r\n"
                                  "-2,NA,  \n4,"
                                  "\"\",x\"y", ',', -1);
    ck_assert_int_eq(csv.columns, 3);
    ck_assert_int_eq(csv.rows, 3);
    ck_assert_str_eq(csv.names[0], "a");
    ck_assert_str_eq(csv.names[1], "b \"c\"");
    ck_assert_str_eq(csv.names[2], "d,\ne");
    ck_assert(csv.value[0] == 1.5 && csv.kind[0] == NC_CELL_NUMBER);
    ck_assert_int_eq(csv.kind[1], NC_CELL_WORD);
    expect_word(&csv, 0, 1, "two words");
    ck_assert(csv.value[2] == 3 && csv.kind[2] == NC_CELL_NUMBER);
    expect_word(&csv, 0, 2, "3");
    ck_assert(csv.value[3] == -2 && csv.kind[4] == NC_CELL_MISSING && csv.kind[5] == NC_CELL_MISSING);
    ck_assert_int_eq(csv.kind[7], NC_CELL_MISSING);
    expect_word(&csv, 2, 2, "x\"y");
}
END_TEST

START_TEST(headers)
{
    ck_assert_int_eq(read_text("a,b\n1,2\n", ',', -1).header, 1);
    ck_assert_int_eq(read_text("a,2\n1,2\n", ',', -1).header, 0);
    ck_assert_int_eq(read_text("a,b\nc,d\n", ',', 0).rows, 2);
    ck_assert_int_eq(read_text("1,2\n3,4\n", ',', 1).rows, 1);
}
END_TEST

START_TEST(wrong_delimiters_are_told)
{
    static const struct {
        const char *text, *hint;
        char delimiter;
    } files[] = {{"a;b\n1;2\n", "delimiter=\";\"", ','}, {"a,b\n1,2\n", "leave delimiter out", ';'},
                 {"a\tb\n1\t2\n", "delimiter=\"\\t\"", ','}, {"a\n1\n", NULL, ';'}, {"a,b\n1,2\n", NULL, ','}};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct nc_csv csv = read_text(files[i].text, files[i].delimiter, 1);
        const char *hint = nc_csv_hint(&csv);
        ck_assert_int_eq(hint != NULL, files[i].hint != NULL);
        ck_assert(hint == NULL || strstr(hint, files[i].hint) != NULL);
    }
}
END_TEST

START_TEST(delimiters)
{
    struct nc_csv csv = read_text("1\t\t3\n4\t 5 \t6", '\t', -1);
    ck_assert(csv.columns == 3 && csv.rows == 2 && csv.kind[1] == NC_CELL_MISSING && csv.value[4] == 5);
    csv = read_text("  1   2 \"a b\"  \n 4 5 6\n\n", ' ', -1);
    ck_assert(csv.columns == 3 && csv.rows == 2 && csv.value[1] == 2 && csv.value[5] == 6);
    expect_word(&csv, 0, 2, "a b");
    csv = read_text("1;2,5\n", ';', -1);
    ck_assert(csv.columns == 2 && csv.kind[1] == NC_CELL_WORD);
}
END_TEST

static void read_comma(void *text)
{
    read_text(text, ',', -1);
}

START_TEST(no_tables)
{
    static const struct {
        const char *text, *words;
    } wrong[] = {
        {"", "t.csv has no rows"},
        {"\xef\xbb\xbf \r\n", "t.csv has no rows"},
        {"a,b\n", "t.csv has no rows below its header"},
        {"1,2\n3\n", "t.csv:2:2: the row ends after 1 cells; the first row has 2"},
        {"1,2\n\n3,4,5\n", "t.csv:3:5: a cell too many: the first row has 2"},
        {"1,\"2\n3,4\n", "t.csv:1:3: this quote is not closed"},
        {"1,\"2\" x\n", "t.csv:1:7: a cell goes on behind its closing quote"},
        {"\xff\xfe" "1", "t.csv:1:1: this is UTF-16"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        expect_failure(read_comma, (void *)wrong[i].text, wrong[i].words);
}
END_TEST

static void read_zero(void *unused)
{
    (void)unused;
    write_file(folder, "z.csv", "1,2\n3,\0\n", 8);
    struct nc_csv csv = {.data = &bare, .path = in_folder("z.csv"), .delimiter = ',', .header = -1};
    nc_csv_read(&csv);
}

static void read_missing_file(void *unused)
{
    (void)unused;
    struct nc_csv csv = {.data = &bare, .path = in_folder("none.csv"), .delimiter = ',', .header = -1};
    nc_csv_read(&csv);
}

/* `size` bytes of one letter, then `end`. */
static char *long_text(char letter, size_t size, const char *end)
{
    char *text = malloc(size + strlen(end) + 1);
    memset(text, letter, size);
    strcpy(text + size, end);
    return text;
}

START_TEST(hostile)
{
    enum { LONG = 10000000 };
    expect_failure(read_zero, NULL, "z.csv:2:3: a zero byte: this is no text");
    expect_failure(read_missing_file, NULL, "none.csv: No such file or directory");
    char *text = long_text('x', LONG, "\n1\n");
    struct nc_csv csv = read_text(text, ',', -1);
    ck_assert_int_eq(strlen(csv.names[0]), LONG);
    free(text);
    text = long_text('7', LONG, "\n1\n");
    csv = read_text(text, ',', -1);
    ck_assert(csv.rows == 2 && isinf(csv.value[0]));
    free(text);
    text = long_text(',', LONG, "\n");
    expect_failure(read_comma, text, "a row of more than 100000 cells is no table's");
    free(text);
    text = long_text('"', LONG, "");
    expect_failure(read_comma, text, "t.csv has no rows below its header");
    text[LONG - 1] = 'x';
    expect_failure(read_comma, text, "t.csv:1:1: this quote is not closed");
    text[LONG - 2] = 'x';
    expect_failure(read_comma, text, "t.csv:1:9999999: a cell goes on behind its closing quote");
    free(text);
}
END_TEST

/* ---- The data set ------------------------------------------------------------------------------------------------ */

static const struct nc_column LAST = {0, -1};
static struct nc_data *kept[64]; /* they live until the program ends */

static struct nc_data *load(const char *name, const char *missing, int steps)
{
    static char path[64][128];
    static int next;
    int place = next++ % 64;
    snprintf(path[place], sizeof path[0], "%s", in_folder(name));
    struct nc_data *data = kept[place] =
        nc_csv(&run, "set", path[place], 1, &LAST, -1, ",", -1, NULL, -1, NULL, missing);
    for (int i = 0; i < steps; i++)
        nc_standardize(data);
    data->load(data);
    return data;
}

/* The samples of `data`, learned from `samples` of `train`. */
static const float *make(struct nc_data *data, struct nc_data *train, const int *samples, long long count)
{
    long long bytes;
    unsigned char *record = train->fitting->learn(train, samples, count, &bytes);
    data->fitting->apply(data, record, bytes, "train_data");
    free(record);
    return nc_data_sample(data, 0);
}

START_TEST(numbers_come_from_the_training_samples)
{
    write_text("t.csv", "a,b,y\n1,,10\n2,5,20\n3,7,30\n100,9,40\n");
    struct nc_data *data = load("t.csv", "mean", 1);
    const float *x = make(data, data, (const int[]){0, 1, 2}, 3);
    float third = sqrtf(2.0f / 3);
    ck_assert(data->count == 4 && data->shape[0] == 2 && data->target_floats == 1 && data->targets[3] == 40);
    ck_assert_float_eq_tol(x[0], -1 / third, 1e-6);
    ck_assert_float_eq_tol(x[6], 98 / third, 1e-4);
    ck_assert_float_eq(x[1], 0); /* the mean of 5 and 7, not of 9 */
    data = load("t.csv", "median", 0);
    x = make(data, data, NULL, 4);
    ck_assert(x[1] == 7 && x[6] == 100);
    data = load("t.csv", "drop", 0);
    ck_assert_int_eq(data->count, 3);
    x = make(data, data, NULL, 3);
    ck_assert(x[0] == 2 && x[1] == 5 && data->targets[0] == 20);
}
END_TEST

/* Against sorting, of columns of any length, with many numbers that are the same. */
START_TEST(medians)
{
    static char text[64 * 1024];
    unsigned state = 7;
    for (int rows = 1; rows < 60; rows++) {
        double sorted[60];
        size_t length = 0;
        for (int i = 0; i < rows; i++) {
            state = state * 1664525u + 1013904223u;
            int number = (int)(state >> 16) % (rows % 7 ? 1000 : 5), place = i;
            for (; place > 0 && sorted[place - 1] > number; place--)
                sorted[place] = sorted[place - 1];
            sorted[place] = number;
            length += (size_t)sprintf(text + length, "%d,1,2\n", number);
        }
        sprintf(text + length, ",1,2\n");
        write_text("t.csv", text);
        struct nc_data *data = load("t.csv", "median", 0);
        const float *x = make(data, data, NULL, rows + 1);
        ck_assert(x[2 * rows] == (float)((sorted[(rows - 1) / 2] + sorted[rows / 2]) / 2));
    }
}
END_TEST

/* The classes of `data` get the numbers of those of `train`. */
static void number(struct nc_data *data, struct nc_data *train)
{
    run.train.data = train;
    run.test.data = data;
    nc_number_classes(&run, NULL);
}

START_TEST(categories_and_classes_are_the_training_datas)
{
    model.input_shape[0] = 4;
    model.outputs = 3;
    model.classes = 1;
    model.loss = &loss;
    write_text("train.csv", "1,red,yes\n2,blue,no\n3,green,perhaps\n");
    write_text("test.csv", "7,red,yes\n8,green,perhaps\n,NA,yes\n");
    struct nc_data *train = load("train.csv", "mean", 0), *test = load("test.csv", "mean", 0);
    const float *x = make(test, train, NULL, 3), expected[12] = {7, 0, 0, 1, 8, 0, 1, 0, 2, 0, 0, 0};
    number(test, train);
    ck_assert_mem_eq(x, expected, sizeof expected);
    ck_assert(test->classes == 3 && test->labels[0] == 2 && test->labels[1] == 1 && test->labels[2] == 2);
    ck_assert_str_eq(test->class_names[0], "no");
}
END_TEST

static void make_test(void *missing)
{
    struct nc_data *data = load("test.csv", missing, 0), *train = load("train.csv", missing, 0);
    make(data, train, NULL, 3);
    number(data, train);
}

START_TEST(test_data_that_do_not_fit)
{
    model.input_shape[0] = 4;
    model.outputs = 3;
    model.classes = 1;
    model.loss = &loss;
    write_text("train.csv", "1,red,yes\n2,blue,no\n3,green,perhaps\n");
    write_text("test.csv", "7,red,yes\n8,yellow,no\n");
    expect_failure(make_test, "mean", "test.csv:2:3: 'yellow' is none of the 3 categories that column 1 has in train");
    write_text("test.csv", "7,red,yes\n8,blue,never\n");
    expect_failure(make_test, "mean", "test.csv:2:8: the class never is none of those of set: no, perhaps, yes");
    write_text("test.csv", "7,1,yes\n8,2,no\n");
    expect_failure(make_test, "mean", "column 1 is made of numbers, but in train_data of categories");
    write_text("test.csv", "7,yes\n8,no\n");
    expect_failure(make_test, "mean", "samples are made of 1 columns, but of 2 in train_data");
    write_text("test.csv", "a,b,c\n7,red,yes\n8,blue,no\n");
    expect_failure(make_test, "mean", "column 0 of a sample is a, but in train_data it is 0");
    write_text("test.csv", "7,red,yes\n8,,no\n");
    expect_failure(make_test, "error", "test.csv:2:3: the value of column 1 is missing");
    write_text("test.csv", "7,red,\n8,blue,no\n");
    expect_failure(make_test, "mean", "test.csv:1:7: the target 2 is missing");
    write_text("train.csv", "1,red,yes\n2,blue,no\n3,blue,perhaps\n");
    expect_failure(make_test, "drop",
                   "a sample is 3 floats (1 column of numbers, 1 one of 2 categories ('blue', ...))");
    write_text("train.csv", "1e39,red,yes\n2,blue,no\n3,green,perhaps\n");
    write_text("test.csv", "1e39,red,yes\n");
    expect_failure(make_test, "mean", "test.csv:1:1: 1e+39 in column 0 is too large for a float");
    write_text("test.csv", "1,red,7.5\n2,red,8\n");
    expect_failure(make_test, "mean", "test.csv:1:7: the class 7.5 is neither a word nor a whole number");
}
END_TEST

START_TEST(class_numbers)
{
    model = (struct nc_model){.name = "Small", .input_rank = 1, .input_shape = {1}, .outputs = 4, .classes = 1,
                              .loss = &loss};
    write_text("t.csv", "1,0\n2,3\n3,1\n");
    struct nc_data *data = load("t.csv", "error", 0);
    ck_assert(data->classes == 4 && data->labels[1] == 3 && !data->class_names && !data->needs_fit);
    write_text("t.csv", "1,10\n2,-3\n3,8.0\n");
    data = load("t.csv", "error", 0);
    ck_assert(data->classes == 3 && data->labels[0] == 2 && data->labels[1] == 0 && !data->needs_fit);
    ck_assert_str_eq(data->class_names[1], "8");
}
END_TEST

static void number_tables(void *test)
{
    number(load(test, "error", 0), load("train.csv", "error", 0));
}

/* Numbers that stand for themselves in one table, and in the other are sorted and numbered. */
START_TEST(class_numbers_of_two_tables)
{
    model = (struct nc_model){.name = "Small", .input_rank = 1, .input_shape = {1}, .outputs = 4, .classes = 1,
                              .loss = &loss};
    write_text("train.csv", "1,1\n2,2\n3,3\n4,4\n");
    write_text("test.csv", "1,3\n2,1\n");
    struct nc_data *train = load("train.csv", "error", 0), *test = load("test.csv", "error", 0);
    ck_assert(train->class_names && !test->class_names);
    number(test, train);
    ck_assert(test->labels[0] == 2 && test->labels[1] == 0 && test->classes == 4);
    ck_assert_str_eq(test->class_names[2], "3");
    write_text("wrong.csv", "1,1\n2,0\n");
    expect_failure(number_tables, "wrong.csv", "wrong.csv:2:3: the class 0 is none of those of set: 1, 2, 3, 4");
    write_text("train.csv", "1,0\n2,3\n");
    write_text("wrong.csv", "1,0\n2,5\n");
    expect_failure(number_tables, "wrong.csv",
                   "wrong.csv:2:3: the class 5 is none of those of set: numbers from 0 to 3");
    write_text("wrong.csv", "1,0\n2,ant\n");
    expect_failure(number_tables, "wrong.csv", "wrong.csv:2:3: the class ant is none of those of set");
}
END_TEST

static void make_tokens(void *name)
{
    struct nc_data *data = load(name, "error", 0);
    make(data, data, NULL, data->count);
}

START_TEST(tokens)
{
    model = (struct nc_model){.name = "Words", .input_rank = 1, .input_shape = {3}, .outputs = 1, .tokens = 10};
    write_text("t.csv", "1,2,9,0.5\n0,0,7,1\n");
    struct nc_data *data = load("t.csv", "error", 0);
    const int *token = (const int *)(const void *)make(data, data, NULL, 2);
    ck_assert(data->element == NC_INT && token[2] == 9 && token[5] == 7 && data->targets[0] == 0.5f);
    write_text("t.csv", "1,2,9,0.5\n0,10,7,1\n");
    expect_failure(make_tokens, "t.csv",
                   "t.csv:2:3: 10 in column 1 is no token: those of Words are whole numbers from 0 to 9");
    write_text("t.csv", "1,2.5,9,0.5\n");
    expect_failure(make_tokens, "t.csv", "t.csv:1:3: 2.5 in column 1 is no token");
    write_text("t.csv", "1,a,9,0.5\n");
    expect_failure(make_tokens, "t.csv", "1 makes floats, but Words takes tokens");
}
END_TEST

/* ---- The record -------------------------------------------------------------------------------------------------- */

static unsigned char *record;
static long long record_bytes;

static void unpack(void *bytes)
{
    struct nc_fit fit;
    nc_fit_unpack(&run, &fit, record, *(long long *)bytes, "a.pth");
    nc_fit_free(&fit);
}

/* Cut at any byte, or with any byte changed, a record is read whole or refused. */
START_TEST(damaged_records)
{
    model = (struct nc_model){.name = "Small", .input_rank = 1, .input_shape = {4}, .outputs = 3, .classes = 1,
                              .loss = &loss};
    write_text("t.csv", "1,red,yes\n2,blue,no\n3,green,perhaps\n");
    struct nc_data *data = load("t.csv", "mean", 2);
    record = data->fitting->learn(data, NULL, 3, &record_bytes);
    unpack(&record_bytes);
    char text[1024];
    for (long long cut = 0; cut < record_bytes; cut += 5)
        ck_assert_int_eq(run_apart(unpack, &cut, text, sizeof text), 1);
    for (long long at = 0; at < record_bytes; at++) {
        record[at] ^= 0xff;
        int status = run_apart(unpack, &record_bytes, text, sizeof text);
        ck_assert_msg(status == 0 || status == 1, "byte %lld: %s", at, text);
        record[at] ^= 0xff;
    }
}
END_TEST

START_TEST(cells_written_are_read)
{
    static const char *const texts[] = {"", "plain", "a,b", "\"", "\"quoted\"", " blanks ", "a\"b,\"\"c", "\r", "last"};
    enum { CELLS = sizeof texts / sizeof *texts };
    char line[256] = "", *at = line;
    FILE *to = fmemopen(line, sizeof line, "w");
    for (int i = 0; i < CELLS; i++) {
        if (i > 0)
            putc(',', to);
        nc_csv_put_cell(to, texts[i]);
    }
    fclose(to);
    ck_assert_str_eq(line, ",plain,\"a,b\",\"\"\"\",\"\"\"quoted\"\"\", blanks ,\"a\"\"b,\"\"\"\"c\",\"\r\",last");
    for (int i = 0; i < CELLS; i++) {
        ck_assert_ptr_nonnull(at);
        ck_assert_str_eq(nc_csv_next_cell(&at), texts[i]);
    }
    ck_assert_ptr_null(at);
    char open[] = "\"never closed";
    at = open;
    ck_assert_str_eq(nc_csv_next_cell(&at), "never closed");
    ck_assert_ptr_null(at);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("csv");
    TCase *core = tcase_create("core");
    tcase_add_checked_fixture(core, start, finish);
    tcase_set_timeout(core, 60);
    tcase_add_test(core, numbers_are_those_of_strtod);
    tcase_add_test(core, many_numbers_are_those_of_strtod);
    tcase_add_test(core, words_are_no_numbers);
    tcase_add_test(core, cells_however_they_are_written);
    tcase_add_test(core, headers);
    tcase_add_test(core, delimiters);
    tcase_add_test(core, wrong_delimiters_are_told);
    tcase_add_test(core, no_tables);
    tcase_add_test(core, hostile);
    tcase_add_test(core, numbers_come_from_the_training_samples);
    tcase_add_test(core, medians);
    tcase_add_test(core, categories_and_classes_are_the_training_datas);
    tcase_add_test(core, test_data_that_do_not_fit);
    tcase_add_test(core, class_numbers);
    tcase_add_test(core, class_numbers_of_two_tables);
    tcase_add_test(core, tokens);
    tcase_add_test(core, damaged_records);
    tcase_add_test(core, cells_written_are_read);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
