/* Where torchvision's collections are published, and their sums: what download=True fetches, to where torchvision puts
 * it (its classes' url, mirrors and resources). */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "data.h"
#include "download.h"

enum { MOST_FILES = 4, PATH_ROOM = 4096 };

#define CIFAR "https://www.cs.toronto.edu/~kriz/"
#define MNIST "https://ossci-datasets.s3.amazonaws.com/mnist/", "http://yann.lecun.com/exdb/mnist/"
#define FASHION "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/", NULL
#define KMNIST "http://codh.rois.ac.jp/kmnist/dataset/kmnist/", NULL
#define QMNIST "https://raw.githubusercontent.com/facebookresearch/qmnist/master/", NULL

#define IDX(address, name, md5) {{address}, name ".gz", md5, NULL}

static const struct published {
    const char *kind;
    int part;           /* the training part alone: 1, the test part alone: 0; both: -1 */
    const char *folder; /* below the root */
    struct nc_remote files[MOST_FILES];
} sets[] = {
    {"CIFAR10", -1, "", {{{CIFAR}, "cifar-10-python.tar.gz", "c58f30108f718f92721af3b95e74349a",
                          "cifar-10-batches-py"}}},
    {"CIFAR100", -1, "", {{{CIFAR}, "cifar-100-python.tar.gz", "eb9058c3a382ffc7106e4002c42a8d85",
                           "cifar-100-python"}}},
    {"MNIST", -1, "/MNIST/raw",
     {IDX(MNIST, "train-images-idx3-ubyte", "f68b3c2dcbeaaa9fbdd348bbdeb94873"),
      IDX(MNIST, "train-labels-idx1-ubyte", "d53e105ee54ea40749a09fcbcd1e9432"),
      IDX(MNIST, "t10k-images-idx3-ubyte", "9fb629c4189551a2d022fa330f9573f3"),
      IDX(MNIST, "t10k-labels-idx1-ubyte", "ec29112dd5afa0611ce80d1b7f02629c")}},
    {"FashionMNIST", -1, "/FashionMNIST/raw",
     {IDX(FASHION, "train-images-idx3-ubyte", "8d4fb7e6c68d591d4c3dfef9ec88bf0d"),
      IDX(FASHION, "train-labels-idx1-ubyte", "25c81989df183df01b3e8a0aad5dffbe"),
      IDX(FASHION, "t10k-images-idx3-ubyte", "bef4ecab320f06d8554ea6380940ec79"),
      IDX(FASHION, "t10k-labels-idx1-ubyte", "bb300cfdad3c16e7a12a480ee83cd310")}},
    {"KMNIST", -1, "/KMNIST/raw",
     {IDX(KMNIST, "train-images-idx3-ubyte", "bdb82020997e1d708af4cf47b453dcf7"),
      IDX(KMNIST, "train-labels-idx1-ubyte", "e144d726b3acfaa3e44228e80efcd344"),
      IDX(KMNIST, "t10k-images-idx3-ubyte", "5c965bf0a639b31b8f53240b1b52f4d7"),
      IDX(KMNIST, "t10k-labels-idx1-ubyte", "7320c461ea6c1c855c0b718fb2a4b134")}},
    {"QMNIST", 1, "/QMNIST/raw",
     {IDX(QMNIST, "qmnist-train-images-idx3-ubyte", "ed72d4157d28c017586c42bc6afe6370"),
      IDX(QMNIST, "qmnist-train-labels-idx2-int", "0058f8dd561b90ffdd0f734c6a30e5e4")}},
    {"QMNIST", 0, "/QMNIST/raw",
     {IDX(QMNIST, "qmnist-test-images-idx3-ubyte", "1394631089c404de565df7b7aeaf9412"),
      IDX(QMNIST, "qmnist-test-labels-idx2-int", "5b5b05890a5e13444e108efe57b788aa")}},
};

static void fetch_set(const struct nc_data *data, const struct published *set, const char *root)
{
    char folder[PATH_ROOM], error[NC_DOWNLOAD_ERROR];
    int show = data->run->quiet ? NC_DOWNLOAD_QUIET : isatty(STDERR_FILENO) ? NC_DOWNLOAD_BAR : NC_DOWNLOAD_LINES;
    if (snprintf(folder, sizeof folder, "%s%s", root, set->folder) >= PATH_ROOM)
        nc_fail(data->run, NULL, "%s: the path %s is too long", data->name, root);
    for (int i = 0; i < MOST_FILES && set->files[i].name; i++)
        if (!nc_download_file(data->run, &set->files[i], set->kind, folder, show, error))
            nc_fail(data->run, "what broke off is gone on with next time; a file put there by hand will do too",
                    "%s: %s", data->name, error);
}

static void fetch(const struct nc_data *data)
{
    const struct nc_data_own *own = data->own;
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
        if (!strcmp(sets[i].kind, data->kind) && (sets[i].part < 0 || sets[i].part == (own->train != 0)))
            fetch_set(data, &sets[i], nc_data_root(data->run, own->root));
}

void nc_download(struct nc_data *data)
{
    ((struct nc_data_own *)data->own)->fetch = fetch;
}
