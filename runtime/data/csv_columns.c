/* Which columns of a text file are what: as the .net file says, or as those were that a checkpoint was trained on. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "csv_set.h"

const char *nc_csv_column_name(const struct nc_csv *csv, int column)
{
    if (csv->names && csv->names[column][0])
        return csv->names[column];
    char *name = nc_memory(csv->data->run, 24, 1, "a name"); /* lives as long as the data */
    snprintf(name, 24, "%d", column);
    return name;
}

/* "a, b, c, ..." */
static void list_names(const struct nc_csv *csv, char *text, size_t capacity)
{
    size_t length = 0;
    text[0] = 0;
    for (int i = 0; i < csv->columns && length < capacity - 80; i++)
        length += (size_t)snprintf(text + length, capacity - length, "%s%.60s%s", i ? ", " : "", csv->names[i],
                                   i + 1 < csv->columns && length >= capacity - 144 ? ", ..." : "");
}

/* The column of the file that the .net file names. */
static int find_column(const struct nc_csv *csv, const struct nc_column *wanted, const char *argument)
{
    const struct nc_data *data = csv->data;
    char names[800];
    int found = -1;
    if (!wanted->name) {
        int number = wanted->number < 0 ? wanted->number + csv->columns : wanted->number;
        if (number < 0 || number >= csv->columns)
            nc_fail(data->run, NULL, "%s: %s: %s has no column %d: there are %d, numbered from 0, or from -1 backwards",
                    data->name, csv->path, argument, wanted->number, csv->columns);
        return number;
    }
    if (!csv->names)
        nc_fail(data->run, "name columns by their numbers, from 0, or say header=True if the first row has names",
                "%s: %s has no header, so %s cannot name column '%s'", data->name, csv->path, argument, wanted->name);
    for (int i = 0; i < csv->columns; i++) {
        if (strcmp(csv->names[i], wanted->name) != 0)
            continue;
        if (found >= 0)
            nc_csv_fail(csv, -1, i, "name columns by their numbers, from 0", "two columns are called '%s'",
                        wanted->name);
        found = i;
    }
    list_names(csv, names, sizeof names);
    if (found < 0)
        nc_fail(data->run, nc_csv_hint(csv),
                "%s: %s: %s: no column is called '%s'; there are: %s", data->name, csv->path, argument, wanted->name,
                names);
    return found;
}

/* Columns of a list, each at most once; marked in `taken` by `mark`. */
static int *find_columns(const struct nc_csv *csv, const struct nc_column *wanted, int count, const char *argument,
                         unsigned char *taken, unsigned char mark)
{
    int *found = nc_memory(csv->data->run, count + 1, sizeof *found, "columns");
    for (int i = 0; i < count; i++) {
        found[i] = find_column(csv, &wanted[i], argument);
        if (taken[found[i]] & mark)
            nc_fail(csv->data->run, NULL, "%s: %s has column %d of %s twice", csv->data->name, argument, found[i],
                    csv->path);
        taken[found[i]] |= mark;
    }
    return found;
}

enum { TARGET = 1, FEATURE = 2, CATEGORICAL = 4 };

/* The file's columns that `marks` has as features, in their order, behind what columns= names; then the targets. */
static void keep_columns(struct nc_csv_set *set, struct nc_csv_file *file, const unsigned char *marks,
                         const int *features, const int *targets)
{
    const struct nc_csv *csv = &file->csv;
    int count = set->column_count > 0 ? set->column_count : 0;
    for (int i = 0; i < csv->columns && set->column_count < 0; i++)
        count += (marks[i] & FEATURE) != 0;
    set->table.column_count = count;
    set->table.columns = nc_memory(csv->data->run, count, sizeof *set->table.columns, "columns");
    set->becomes = nc_memory(csv->data->run, count, 1, "columns");
    file->column = nc_memory(csv->data->run, count + set->target_count, sizeof *file->column, "columns");
    for (int i = 0, at = 0; i < csv->columns && set->column_count < 0; i++)
        if (marks[i] & FEATURE)
            file->column[at++] = i;
    for (int i = 0; i < count; i++) {
        if (set->column_count >= 0)
            file->column[i] = features[i];
        set->table.columns[i].name = nc_csv_column_name(csv, file->column[i]);
        set->becomes[i] = set->categorical_count < 0                ? NC_CSV_AS_IT_LOOKS
                          : marks[file->column[i]] & CATEGORICAL ? NC_CSV_CATEGORIES
                                                                  : NC_CSV_NUMBERS;
    }
    for (int t = 0; t < set->target_count && targets != NULL; t++)
        file->column[count + t] = targets[t];
}

/* What columns= and categorical= say; columns that are no target are features without the former. Returns the columns
 * of columns=. */
static int *choose_features(const struct nc_csv_set *set, const struct nc_csv *csv, unsigned char *marks)
{
    int *features = find_columns(csv, set->columns, set->column_count > 0 ? set->column_count : 0, "columns", marks,
                                 FEATURE);
    for (int i = 0; i < csv->columns && set->column_count < 0; i++)
        if (!(marks[i] & TARGET))
            marks[i] |= FEATURE;
    free(find_columns(csv, set->categorical, set->categorical_count > 0 ? set->categorical_count : 0, "categorical",
                      marks, CATEGORICAL));
    return features;
}

void nc_csv_choose(struct nc_csv_set *set)
{
    const struct nc_csv *csv = &set->files[0].csv;
    const struct nc_run *run = csv->data->run;
    unsigned char *marks = nc_memory(run, csv->columns, 1, "columns");
    int *targets = find_columns(csv, set->targets, set->target_count, "target", marks, TARGET);
    int *features = choose_features(set, csv, marks);
    for (int i = 0; i < csv->columns; i++) {
        if ((marks[i] & TARGET) && (marks[i] & FEATURE))
            nc_fail(run, NULL, "%s: column %s of %s is both a target and part of the samples", csv->data->name,
                    nc_csv_column_name(csv, i), csv->path);
        if ((marks[i] & CATEGORICAL) && !(marks[i] & FEATURE))
            nc_fail(run, NULL, "%s: column %s of %s is categorical, but no part of the samples", csv->data->name,
                    nc_csv_column_name(csv, i), csv->path);
    }
    keep_columns(set, &set->files[0], marks, features, targets);
    if (csv->names == NULL && set->column_count >= 0)
        set->table.file_columns = csv->columns;
    if (set->table.column_count == 0)
        nc_fail(run, nc_csv_hint(csv), "%s: %s has no column but the target", csv->data->name, csv->path);
    free(features);
    free(targets);
    free(marks);
}

/* ---- Files of predict -------------------------------------------------------------------------------------------- */

/* Whether a column that has no name is called so. */
static int is_number(const char *name, int number)
{
    char text[24];
    snprintf(text, sizeof text, "%d", number);
    return strcmp(text, name) == 0;
}

/* The column with this name, or -1. */
static int find_named(const struct nc_csv *csv, const char *name)
{
    int found = -1;
    for (int i = 0; i < csv->columns; i++) {
        const char *own = csv->names != NULL && csv->names[i][0] != '\0' ? csv->names[i] : NULL;
        if (own != NULL ? strcmp(own, name) != 0 : !is_number(name, i))
            continue;
        if (found >= 0)
            nc_csv_fail(csv, -1, i, NULL, "two columns are called '%s'", name);
        found = i;
    }
    return found;
}

/* Without names, how many columns there are says which: all that are wanted and no others, */
static int find_in_order(const struct nc_csv_set *set, struct nc_csv_file *file)
{
    const int count = set->table.column_count;
    for (int i = 0; i < count; i++)
        file->column[i] = i;
    return file->csv.columns == count;
}

/* or those of the training file, which has no names either, */
static int find_by_number(const struct nc_csv_set *set, struct nc_csv_file *file)
{
    const int all = set->table.column_count + set->target_count;
    int found = file->csv.columns == all;
    for (int i = 0; i < set->table.column_count; i++) {
        file->column[i] = find_named(&file->csv, set->table.columns[i].name);
        found &= file->column[i] >= 0;
    }
    return found;
}

/* or all but the targets, if the .net file says by numbers where these are. */
static int find_beside_targets(const struct nc_csv_set *set, struct nc_csv_file *file)
{
    const struct nc_csv *csv = &file->csv;
    int at = 0;
    for (int t = 0; t < set->target_count; t++)
        if (set->targets[t].name != NULL)
            return 0;
    for (int i = 0; i < csv->columns; i++) {
        int target = 0;
        for (int t = 0; t < set->target_count; t++)
            target |= i == set->targets[t].number || i == set->targets[t].number + csv->columns;
        if (!target && at < set->table.column_count)
            file->column[at++] = i;
    }
    return set->column_count < 0 && csv->columns == set->table.column_count + set->target_count;
}

/* The target's number in a file of `all` columns (0: unknown), where it is one that begins at the end. */
static int target_number(const struct nc_csv_set *set, int t, int all)
{
    const int number = set->targets[t].number;
    if (number >= 0)
        return number;
    return all ? number + all : -number <= set->target_count ? INT_MAX : -1;
}

/* With columns= and without names: the columns by their numbers in a training file that has none either. Its targets
 * may be left out, which moves the columns behind them: how many columns there are says whether they are. Where that is
 * open, a file is taken only if nothing can have moved; a wrong column would be taken for another in silence. */
static int find_chosen(const struct nc_csv_set *set, struct nc_csv_file *file)
{
    const int count = set->table.column_count, all = set->table.file_columns, columns = file->csv.columns;
    int moved = 0, sorted = 1, before = -1, most = -1;
    for (int i = 0; i < count; i++) {
        char *end;
        const long number = strtol(set->table.columns[i].name, &end, 10);
        if (*end != '\0' || number < 0 || number >= INT_MAX)
            return columns == count && find_in_order(set, file); /* the training file has names */
        int targets = 0;
        for (int t = 0; t < set->target_count; t++)
            targets += set->targets[t].name != NULL || target_number(set, t, all) < number;
        file->column[i] = (int)number - (all && columns == all - set->target_count ? targets : 0);
        most = file->column[i] > most ? file->column[i] : most;
        sorted &= number > before;
        before = (int)number;
        moved |= targets;
    }
    if (columns == count)
        return sorted && find_in_order(set, file);
    if (all ? columns != all && columns != all - set->target_count : moved)
        return 0;
    return most < columns;
}

static void find_like(const struct nc_csv_set *set, struct nc_csv_file *file, const char *whose)
{
    const struct nc_csv *csv = &file->csv;
    const int count = set->table.column_count;
    char names[800];
    file->column = nc_memory(csv->data->run, count + set->target_count, sizeof *file->column, "columns");
    if (csv->names == NULL) {
        if (set->column_count >= 0 ? find_chosen(set, file) : find_in_order(set, file) || find_by_number(set, file) ||
                                                                  find_beside_targets(set, file))
            return;
        if (set->column_count >= 0 && set->table.file_columns)
            nc_fail(csv->data->run, "give it all columns of the training file, the target too",
                    "%s: %s has no header and %d columns, but the training data of %s %d, and which of them are here "
                    "cannot be told", csv->data->name, csv->path, csv->columns, whose, set->table.file_columns);
        nc_fail(csv->data->run, "give it a first row of their names, or these columns alone, in their order",
                "%s: %s has no header and %d columns, but the samples of %s are made of %d: %s, ...", csv->data->name,
                csv->path, csv->columns, whose, count, set->table.columns[0].name);
    }
    list_names(csv, names, sizeof names);
    for (int i = 0; i < count; i++) {
        file->column[i] = find_named(csv, set->table.columns[i].name);
        if (file->column[i] < 0)
            nc_fail(csv->data->run, nc_csv_hint(csv), "%s: %s: no column is called '%s', as one of %s is; there are: "
                    "%s", csv->data->name, csv->path, set->table.columns[i].name, whose, names);
    }
}

/* Where nobody knows what the columns were: as the .net file says, the targets being there or not. */
static void choose_by_net(struct nc_csv_set *set, struct nc_csv_file *file)
{
    const struct nc_csv *csv = &file->csv;
    unsigned char *marks = nc_memory(csv->data->run, csv->columns, 1, "columns");
    for (int t = 0; t < set->target_count; t++) {
        const struct nc_column *target = &set->targets[t];
        int number = target->number < 0 ? target->number + csv->columns : target->number;
        if (target->name != NULL)
            number = find_named(csv, target->name);
        else if (csv->columns == csv->data->run->model->input_shape[0])
            number = -1; /* as many as a sample has */
        if (number >= 0 && number < csv->columns)
            marks[number] |= TARGET;
    }
    for (int i = 0; i < set->column_count && csv->names == NULL; i++)
        for (int t = 0; t < set->target_count; t++)
            if (set->columns[i].name == NULL && csv->columns > set->column_count &&
                target_number(set, t, 0) < set->columns[i].number)
                nc_fail(csv->data->run, "give it a first row of names, and name the columns by them",
                        "%s: %s has no header, and whether the target stands in it, in front of the columns, cannot be "
                        "told", csv->data->name, csv->path);
    int *features = choose_features(set, csv, marks);
    keep_columns(set, file, marks, features, NULL);
    if (set->table.column_count == 0)
        nc_fail(csv->data->run, nc_csv_hint(csv), "%s: %s has no column but the target", csv->data->name, csv->path);
    free(features);
    free(marks);
}

void nc_csv_choose_like(struct nc_csv_set *set, struct nc_csv_file *file, const char *whose)
{
    if (set->table.columns == NULL)
        choose_by_net(set, file);
    else
        find_like(set, file, whose);
}
