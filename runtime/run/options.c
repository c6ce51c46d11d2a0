/* options.c: the command line of a trainer. */
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

enum { DATA = 256, BASE, RESUME, QUIET, SHEET, RAW, JSON, TABLE, OUTPUTS, TOP, SET, BATCH_SIZE, HELP, VERSION,
       SETTING };

/* An option that stands for a setting has its path here. */
static const struct {
    const char *name;
    const char *path;
} shortcuts[] = {
    {"epochs", "train.epochs"}, {"max-steps", "train.max_steps"}, {"seed", "train.seed"},
    {"threads", "train.threads"}, {"lr", "train.optimizer.lr"}, {"load", "train.load"},
    {"log-every", "train.log.every"}, {"prefix", "train.load.prefix"}, {"device", "train.device"},
};

static const struct option options[] = {
    {"epochs", required_argument, NULL, SETTING}, {"max-steps", required_argument, NULL, SETTING + 1},
    {"seed", required_argument, NULL, SETTING + 2}, {"threads", required_argument, NULL, SETTING + 3},
    {"lr", required_argument, NULL, SETTING + 4}, {"load", required_argument, NULL, SETTING + 5},
    {"log-every", required_argument, NULL, SETTING + 6}, {"prefix", required_argument, NULL, SETTING + 7},
    {"device", required_argument, NULL, SETTING + 8},
    {"data", required_argument, NULL, DATA},
    {"base", required_argument, NULL, BASE}, /* not for people: netc run gives the .net file's folder */
    {"resume", optional_argument, NULL, RESUME}, {"quiet", no_argument, NULL, QUIET},
    {"sheet", required_argument, NULL, SHEET}, {"raw", required_argument, NULL, RAW},
    {"json", no_argument, NULL, JSON}, {"csv", no_argument, NULL, TABLE},
    {"outputs", no_argument, NULL, OUTPUTS}, {"top", required_argument, NULL, TOP},
    {"set", required_argument, NULL, SET}, {"batch-size", required_argument, NULL, BATCH_SIZE},
    {"help", no_argument, NULL, HELP}, {"version", no_argument, NULL, VERSION}, {NULL, 0, NULL, 0},
};

enum { OPTIONS = sizeof options / sizeof *options - 1 };

static const char usage[] =
    "Commands:\n"
    "  train                train the model; what is done when no command is given\n"
    "  test                 print the loss and the accuracy over the test data; wants --load\n"
    "  predict INPUT...     print what the model makes of pictures, of folders of them, or of the rows of tables\n"
    "  data                 print what the data is like, and write a sheet of the first batch's pictures\n"
    "  gradients            compare the gradients of the first batch with finite differences of the loss\n"
    "\n"
    "Training:\n"
    "  --epochs N           pass over the training data N times\n"
    "  --max-steps N        stop after training step N, then evaluate and save as at the end of an epoch\n"
    "  --lr X               learning rate\n"
    "  --seed N             begin all random numbers from N, as torch.manual_seed(N)\n"
    "  --threads N          compute with N threads; the results don't depend on it (default: all processors)\n"
    "  --device NAME        compute on cpu, cuda, cuda:1, opencl, or auto: cuda where there is one\n"
    "  --set PATH=VALUE     change any of the values listed below\n"
    "\n"
    "Files:\n"
    "  --data DIR           look for the data in DIR\n"
    "  --raw NAME           'data' writes the samples to NAME.train.raw and NAME.test.raw instead\n"
    "  --sheet FILE         the sheet that 'data' writes, a PNG file (default: its name and .png; empty: none)\n"
    "  --load FILE          take the parameters from FILE (.pth, by netc or by PyTorch); 'predict' takes the best\n"
    "                       epoch's file without it, or the newest one\n"
    "  --prefix TEXT        the names in that file begin with TEXT, and the model's do not\n"
    "  --resume [FILE]      go on where the run that saved FILE stopped (default: the newest checkpoint)\n"
    "\n"
    "Predicting:\n"
    "  --top N              print the N most probable classes (default: 5)\n"
    "  --outputs            print the model's outputs too\n"
    "  --json, --csv        print in this form\n"
    "\n"
    "Output:\n"
    "  --log-every N        print and log every Nth step (default: as in the .net file, or 100)\n"
    "  --quiet              print nothing but errors and results: the last epoch's, those of 'test' and 'predict'\n"
    "  --help               print this and exit\n"
    "  --version            print the version and exit\n"
    "\n"
    "What --set can change:\n";

void nc_help(struct nc_run *run)
{
    nc_print("Usage: %s [COMMAND] [OPTION]...\n"
             "Trains the model %s of %s, with batches of %d.\n\n",
             run->program, run->model->name, run->model->file, run->model->batch);
    nc_print(usage); /* as the format, whose lines stay lines */
    nc_print_settings(run);
    nc_print("\nExit status: 0 done, 1 the model or the data is wrong, 2 the command line is, 128+N signal N.\n"
             "A run that Ctrl-C, SIGTERM or SIGHUP ends finishes its step and saves; --resume goes on from there.\n");
    exit(0);
}

static _Noreturn void version(const struct nc_run *run)
{
    nc_print("%s: %s, compiled by netc %s\n", run->program, run->model->file, NETC_VERSION);
    exit(0);
}

static _Noreturn void unknown(const struct nc_run *run, const char *word)
{
    const char *names[OPTIONS + 1] = {NULL};
    char name[64], hint[96];
    for (int i = 0; i < OPTIONS; i++)
        names[i] = options[i].name;
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word + strspn(word, "-"), "="), word + strspn(word, "-"));
    const char *near = nc_did_you_mean(name, names);
    snprintf(hint, sizeof hint, "did you mean --%s?", near != NULL ? near : "");
    nc_usage(run, near != NULL ? hint : NULL, "unknown option '%s'", word);
}

static void take_command(struct nc_run *run, const char *word)
{
    static const char *const names[] = {"train", "test", "predict", "data", "gradients", "accuracy", NULL};
    if (strcmp(word, "train") == 0) {
        run->command = NC_COMMAND_TRAIN;
    } else if (strcmp(word, "test") == 0) {
        run->command = NC_COMMAND_TEST;
    } else if (strcmp(word, "gradients") == 0) {
        run->command = NC_COMMAND_GRADIENTS;
    } else if (strcmp(word, "accuracy") == 0) {
        run->command = NC_COMMAND_ACCURACY;
    } else if (strcmp(word, "data") == 0) {
        run->command = NC_COMMAND_DATA;
    } else if (strcmp(word, "predict") == 0) {
        run->command = NC_COMMAND_PREDICT;
    } else {
        char hint[64];
        const char *near = nc_did_you_mean(word, names);
        snprintf(hint, sizeof hint, "did you mean %s?", near != NULL ? near : "");
        nc_usage(run, near != NULL ? hint : "the commands are train, test, predict, data, gradients and accuracy",
                 "unknown command '%s'", word);
    }
}

/* --resume FILE, beside --resume=FILE: the next word is the file if it is neither an option nor a command. */
static const char *resume_file(int argc, char **argv)
{
    if (optarg != NULL)
        return optarg;
    if (optind >= argc || argv[optind][0] == '-' || strcmp(argv[optind], "train") == 0 ||
        strcmp(argv[optind], "test") == 0 || strcmp(argv[optind], "gradients") == 0 ||
        strcmp(argv[optind], "data") == 0 || strcmp(argv[optind], "predict") == 0)
        return NULL;
    return argv[optind++];
}

static void take_option(struct nc_run *run, int option, int argc, char **argv)
{
    if (option >= SETTING) {
        char name[32];
        snprintf(name, sizeof name, "--%s", shortcuts[option - SETTING].name);
        nc_set_value(run, name, shortcuts[option - SETTING].path, optarg);
    } else if (option == DATA) {
        run->data_folder = optarg;
    } else if (option == BASE) {
        run->base_folder = optarg;
    } else if (option == RESUME) {
        run->resume = 1;
        run->resume_name = resume_file(argc, argv);
    } else if (option == QUIET) {
        run->quiet = 1;
    } else if (option == SHEET) {
        run->sheet_name = optarg;
    } else if (option == RAW) {
        run->raw_name = optarg;
    } else if (option == JSON) {
        run->print = NC_PRINT_JSON;
    } else if (option == TABLE) {
        run->print = NC_PRINT_CSV;
    } else if (option == OUTPUTS) {
        run->print_outputs = 1;
    } else if (option == TOP) {
        run->top = (int)nc_to_long(run, "--top", optarg, 1, INT_MAX);
    } else if (option == SET) {
        nc_set(run, optarg);
    } else if (option == BATCH_SIZE) {
        nc_usage(run, "the batch size is compiled in: use netc build --batch-size",
                 "--batch-size can't be changed here");
    } else if (option == HELP) {
        run->help = 1; /* when the statements have said what can be set */
    } else if (option == VERSION) {
        version(run);
    }
}

void nc_options(struct nc_run *run, int argc, char **argv)
{
    int option, commands = 0;
    run->words = nc_memory(run, argc, sizeof *run->words, "the command line");
    run->top = 5;
    opterr = 0;
    optind = 0; /* glibc: begin anew, since netc run has read its own options before */
    while ((option = getopt_long(argc, argv, "-:", options, NULL)) != -1) {
        const char *word = optind > 0 && optind <= argc ? argv[optind - 1] : "";
        if (option == '?' && optopt >= DATA)
            nc_usage(run, NULL, "option '%s' takes no value", word);
        else if (option == '?')
            unknown(run, word);
        else if (option == ':')
            nc_usage(run, NULL, "option '%s' wants a value", word);
        else if (option == 1 && run->command == NC_COMMAND_PREDICT)
            run->words[run->word_count++] = optarg;
        else if (option == 1 && commands++ > 0)
            nc_usage(run, NULL, "one command is enough: what is '%s'?", optarg);
        else if (option == 1)
            take_command(run, optarg);
        else
            take_option(run, option, argc, argv);
    }
    while (optind < argc && run->command == NC_COMMAND_PREDICT) /* behind "--" */
        run->words[run->word_count++] = argv[optind++];
    if (optind < argc)
        nc_usage(run, NULL, "what is '%s'?", argv[optind]);
    if (run->command == NC_COMMAND_PREDICT && run->word_count == 0 && !run->help)
        nc_usage(run, NULL, "predict: of what? Name pictures, folders of them, or tables");
}
