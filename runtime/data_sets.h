/* data_sets.h: the data sets that a trainer can name, and their transforms: netc.h's second half. The same rules hold
 * here: plain C11 declarations, since libtcc is given this text. */
#ifndef NETC_DATA_SETS_H
#define NETC_DATA_SETS_H

struct nc_run;
struct nc_data;

struct nc_data *nc_cifar10(struct nc_run *run, const char *name, const char *root, int train);
struct nc_data *nc_cifar100(struct nc_run *run, const char *name, const char *root, int train); /* the fine labels */

/* 1x28x28 bytes. what: "train", "test", "test10k", "test50k", "nist", or NULL: as `train` says. */
struct nc_data *nc_mnist(struct nc_run *run, const char *name, const char *root, int train);
struct nc_data *nc_fashion_mnist(struct nc_run *run, const char *name, const char *root, int train);
struct nc_data *nc_kmnist(struct nc_run *run, const char *name, const char *root, int train);
struct nc_data *nc_qmnist(struct nc_run *run, const char *name, const char *root, const char *what, int train);
struct nc_data *nc_emnist(struct nc_run *run, const char *name, const char *root, const char *split, int train);

/* Shapes drawn from a seed, channels x size x size bytes (1 or 3 channels, size up to 256); target "class": which of
 * ten kinds, or "position": x, y, radius. */
struct nc_data *nc_shapes(struct nc_run *run, const char *name, int train, const char *target, int size,
                          int channels);

/* Pictures in folders: the sorted folders below `root` are the classes, the pictures in them and below them, sorted,
 * the samples. on_error: "raise" ends the program at a picture that can't be read, "skip" leaves it out. cache:
 * "memory" keeps what stays the same of each picture, "none" doesn't; NULL: where it takes a quarter of the machine's
 * memory at most. */
struct nc_data *nc_image_folder(struct nc_run *run, const char *name, const char *root, int allow_empty,
                                const char *on_error, const char *cache);

/* Parts of data sets, and several as one. Of a split part `part` of `parts`, by torch.randperm from `seed`; the lengths
 * are fractions of the whole, or numbers of samples. A subset is runs of samples: first, step, count. */
struct nc_data *nc_random_split(struct nc_run *run, const char *name, struct nc_data *of, const double *lengths,
                                int parts, int part, unsigned long long seed);
struct nc_data *nc_subset(struct nc_run *run, const char *name, struct nc_data *of, const long long (*runs)[3],
                          int count);
struct nc_data *nc_concat(struct nc_run *run, const char *name, struct nc_data *const *of, int count);

/* The model takes floats, where this data set by itself could do with bytes. */
void nc_as_floats(struct nc_data *data);

/* A column of a table, by its name or (name 0) by its number from 0, from -1 backwards. */
struct nc_column {
    const char *name;
    int number;
};

/* Rows of a text file, as one float a column of numbers and one a category. target: one for classes, or as many floats.
 * header: 1, 0, or -1: as the first row looks. columns: of the samples, categorical: of words; count -1: as they come.
 * missing: "error", "drop" (rows), "mean" or "median" (of the training part). */
struct nc_data *nc_csv(struct nc_run *run, const char *name, const char *path, int target_count,
                       const struct nc_column *target, int header, const char *delimiter, int column_count,
                       const struct nc_column *columns, int categorical_count, const struct nc_column *categorical,
                       const char *missing);

/* numpy's arrays: a sample and a target for each row of x and y. NPY: target as of nc_csv, columns of the same array,
 * or the name of a file. */
struct nc_data *nc_npy(struct nc_run *run, const char *name, const char *path, int target_count,
                       const struct nc_column *target);
struct nc_data *nc_npz(struct nc_run *run, const char *name, const char *path, const char *x, const char *y);

/* Pictures in the folder `images`, with labels beside them: `labels` is a folder of .txt files, or a table with a
 * column of pictures and one of labels (by default the first two); without it all have the label `label`, or the
 * folder's name. header and delimiter as of nc_csv, on_error and cache as of nc_image_folder. */
struct nc_data *nc_labeled_images(struct nc_run *run, const char *name, const char *images, const char *labels,
                                  const char *label, int image_columns, const struct nc_column *image_column,
                                  int label_columns, const struct nc_column *label_column, int header,
                                  const char *delimiter, const char *on_error, const char *cache);

/* Of tables, with numbers of the training data, column by column: (x - mean) / std; to `low` for the least and `high`
 * for the largest one. */
void nc_standardize(struct nc_data *data);
void nc_min_max(struct nc_data *data, double low, double high);

/* Where its files are missing, fetches them from where they are published: download=True. */
void nc_download(struct nc_data *data);

void nc_to_tensor(struct nc_data *data);                                         /* byte / 255 */
void nc_normalize(struct nc_data *data, const double *mean, const double *std, int channels); /* (x - mean) / std */

/* torchvision's transforms of pictures, before nc_to_tensor. Interpolations, padding modes and fills are its own words
 * and numbers; padding: left, top, right, bottom. */
void nc_resize(struct nc_data *data, int height, int width, const char *interpolation, int max_size); /* width 0: the
                                                  * shorter side becomes `height`, the longer one at most max_size */
void nc_center_crop(struct nc_data *data, int height, int width);
void nc_pad(struct nc_data *data, const int *padding, const int *fill, int fills, const char *mode);
void nc_random_crop(struct nc_data *data, int height, int width, const int *padding, int pad_if_needed,
                    const int *fill, int fills, const char *mode);
void nc_random_resized_crop(struct nc_data *data, int height, int width, double least_scale, double most_scale,
                            double least_ratio, double most_ratio, const char *interpolation);
void nc_random_rotation(struct nc_data *data, double least, double most, const char *interpolation, int expand,
                        const double *center, const int *fill, int fills); /* center: x, y; 0: the picture's */
void nc_color_jitter(struct nc_data *data, double least_brightness, double most_brightness, double least_contrast,
                     double most_contrast, double least_saturation, double most_saturation, double least_hue,
                     double most_hue);
void nc_grayscale(struct nc_data *data, int channels);
void nc_random_grayscale(struct nc_data *data, double p);

/* Before nc_to_tensor or after it. */
void nc_random_horizontal_flip(struct nc_data *data, double p);
void nc_random_vertical_flip(struct nc_data *data, double p);
void nc_alternating_flip(struct nc_data *data); /* half of the samples in one epoch, the others in the next */

/* After nc_to_tensor; value 0: normal numbers. */
void nc_random_erasing(struct nc_data *data, double p, double least_scale, double most_scale, double least_ratio,
                       double most_ratio, const double *value, int values);

#endif
