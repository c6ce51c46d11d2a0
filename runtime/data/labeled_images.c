/* Pictures whose labels stand beside them: in text files of the same names, in a table, or in the folder's name. netc's
 * own, for what people write a torch.utils.data.Dataset of their own for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "csv.h"
#include "files.h"
#include "pictures.h"

enum { LABEL_ROOM = 256 };

struct labeled_images {
    const char *images, *labels, *label;
    struct nc_column image_column, label_column;
    int header;
    char delimiter;
};

/* ---- Classes out of labels --------------------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A whole number from 0 on, or -1. */
static long long class_number(const char *text)
{
    size_t digits = strspn(text, "0123456789");
    return digits > 0 && digits < 10 && text[digits] == '\0' ? atoll(text) : -1;
}

/* Labels that are all whole numbers are the classes' numbers; of others the different ones, sorted, are the classes. */
static void make_classes(const struct nc_data *data, struct nc_files *files, char **label)
{
    long long count = files->count, most = -1;
    int numbers = 1;
    for (long long i = 0; i < count; i++) {
        long long number = class_number(label[i]);
        numbers = numbers && number >= 0;
        most = number > most ? number : most;
    }
    for (long long i = 0; i < count && numbers; i++)
        files->at[i].label = (int)class_number(label[i]);
    files->class_count = (int)most + 1;
    if (numbers)
        return;
    char **sorted = nc_memory(data->run, count + 1, sizeof *sorted, "the labels");
    memcpy(sorted, label, (size_t)count * sizeof *sorted);
    qsort(sorted, (size_t)count, sizeof *sorted, by_text);
    files->class_count = 0;
    for (long long i = 0; i < count; i++)
        if (i == 0 || strcmp(sorted[i], sorted[files->class_count - 1]) != 0)
            sorted[files->class_count++] = sorted[i];
    sorted[files->class_count] = NULL;
    files->classes = sorted;
    for (long long i = 0; i < count; i++)
        files->at[i].label = (int)((char **)bsearch(&label[i], sorted, (size_t)files->class_count, sizeof *sorted,
                                                    by_text) - sorted);
}

/* ---- Where labels stand ------------------------------------------------------------------------------------------ */

/* The name of a folder without what leads to it. */
static const char *last_name(const struct nc_data *data, const char *folder)
{
    size_t length = strlen(folder);
    while (length > 1 && folder[length - 1] == '/')
        length--;
    size_t first = length;
    while (first > 0 && folder[first - 1] != '/')
        first--;
    char *name = nc_memory(data->run, 1, (long long)(length - first + 1), "a label");
    memcpy(name, folder + first, length - first);
    return name;
}

/* The text of the file with the picture's name and the ending .txt, without the blanks around it. */
static char *read_label(struct nc_data *data, struct nc_preparer *me, const char *folder, const char *picture)
{
    char path[4200], why[128];
    const char *dot = strrchr(picture, '.');
    snprintf(path, sizeof path, "%s/%.*s.txt", folder, (int)(dot - picture), picture);
    long long length = nc_read_file(me, path, LABEL_ROOM, why, sizeof why), first = 0;
    if (length < 0)
        nc_fail(data->run, "each picture has its label in a .txt file of its name there",
                "%s: %s, the label of %s: %s", data->name, path, picture, why);
    while (first < length && me->file[first] <= ' ')
        first++;
    while (length > first && me->file[length - 1] <= ' ')
        length--;
    if (length == first || length == LABEL_ROOM || memchr(me->file, '\0', (size_t)length) != NULL)
        nc_fail(data->run, NULL, "%s: %s has no label of 1 to %d characters", data->name, path, LABEL_ROOM - 1);
    char *label = nc_memory(data->run, 1, length - first + 1, "a label");
    return memcpy(label, me->file + first, (size_t)(length - first));
}

static void label_by_files(struct nc_data *data, struct nc_files *files, const char *folder)
{
    struct nc_preparer me = {0};
    char **label = nc_memory(data->run, files->count, sizeof *label, "the labels");
    for (long long i = 0; i < files->count; i++)
        label[i] = read_label(data, &me, folder, files->at[i].name);
    make_classes(data, files, label);
    nc_preparer_free(&me);
    free(label);
}

static int find_column(const struct nc_csv *csv, const struct nc_column *column, const char *what)
{
    int number = column->number < 0 ? csv->columns + column->number : column->number;
    if (column->name == NULL && number >= 0 && number < csv->columns)
        return number;
    if (column->name == NULL)
        nc_csv_fail(csv, -1, 0, NULL, "there is no column %d for the %s: there are %d", column->number, what,
                    csv->columns);
    for (int i = 0; csv->names != NULL && i < csv->columns; i++)
        if (strcmp(csv->names[i], column->name) == 0)
            return i;
    nc_csv_fail(csv, -1, 0, NULL, "no column is called '%s'", column->name);
}

/* A row a picture, whose name begins in the folder of the pictures. */
static void label_by_table(struct nc_data *data, struct nc_files *files, const char *folder, const char *path)
{
    const struct labeled_images *own = files->own;
    struct nc_csv csv = {.data = data, .path = path, .delimiter = own->delimiter, .header = own->header};
    nc_csv_read(&csv);
    int image = find_column(&csv, &own->image_column, "pictures"), at = find_column(&csv, &own->label_column, "labels");
    files->at = nc_memory(data->run, csv.rows, sizeof *files->at, "the pictures");
    char **label = nc_memory(data->run, csv.rows, sizeof *label, "the labels");
    files->count = csv.rows;
    for (int row = 0; row < csv.rows; row++) {
        files->at[row] = (struct nc_file){folder, nc_csv_word(&csv, row, image), 0};
        label[row] = nc_csv_word(&csv, row, at);
        if (files->at[row].name[0] == '\0' || label[row][0] == '\0')
            nc_csv_fail(&csv, row, label[row][0] == '\0' ? at : image, NULL, "nothing stands here");
    }
    make_classes(data, files, label);
    nc_csv_free_values(&csv);
    free(label);
}

static void list(struct nc_data *data, struct nc_files *files)
{
    const struct labeled_images *own = files->own;
    const char *folder = nc_data_path(data->run, own->images);
    const char *labels = own->labels != NULL ? nc_data_path(data->run, own->labels) : NULL;
    struct stat status;
    if (labels != NULL && stat(labels, &status) == 0 && !S_ISDIR(status.st_mode)) {
        label_by_table(data, files, folder, labels);
        return;
    }
    nc_files_of_folder(data, folder, files);
    if (files->count == 0)
        nc_fail(data->run, NULL, "%s: there is no picture in %s", data->name, folder);
    if (labels != NULL) {
        label_by_files(data, files, labels);
        return;
    }
    const char *one = own->label != NULL ? own->label : last_name(data, folder);
    char **label = nc_memory(data->run, files->count, sizeof *label, "the labels");
    for (long long i = 0; i < files->count; i++)
        label[i] = (char *)one;
    make_classes(data, files, label);
    free(label);
}

struct nc_data *nc_labeled_images(struct nc_run *run, const char *name, const char *images, const char *labels,
                                  const char *label, int image_columns, const struct nc_column *image_column,
                                  int label_columns, const struct nc_column *label_column, int header,
                                  const char *delimiter, const char *on_error, const char *cache)
{
    struct labeled_images *own = nc_memory(run, 1, sizeof *own, "LabeledImages");
    own->images = images;
    own->labels = labels;
    own->label = label;
    own->image_column = image_columns > 0 ? image_column[0] : (struct nc_column){NULL, 0};
    own->label_column = label_columns > 0 ? label_column[0] : (struct nc_column){NULL, 1};
    own->header = header;
    own->delimiter = delimiter[0];
    return nc_picture_files(run, name, "LabeledImages", on_error, cache, list, own);
}
