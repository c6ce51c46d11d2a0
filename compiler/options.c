#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "config.h"
#include "help.h"
#include "product.h"
#include "system/printable.h"

enum {
    RUN = COMMAND_RUN,
    BUILD = COMMAND_BUILD,
    EMIT = COMMAND_EMIT,
    CHECK = COMMAND_CHECK,
    SUMMARY = COMMAND_SUMMARY,
    DATA = COMMAND_DATA,
    PREDICT = COMMAND_PREDICT,
    IMPORT = COMMAND_IMPORT,
    GRAPH = COMMAND_GRAPH,
    REPORT = COMMAND_REPORT,
    EXPORT = COMMAND_EXPORT,
    TRAINS = RUN | DATA | PREDICT,
    COMPILES = RUN | BUILD | EMIT,
    READS = COMPILES | CHECK | SUMMARY | DATA | PREDICT | GRAPH | EXPORT
};

typedef struct CommandInfo {
    int command; /* COMMAND_... */
    const char *name, *arguments, *summary;
} CommandInfo;

static const CommandInfo commands[] = {
    {RUN, "run", "FILE.net [COMMAND]", "compile in memory and train now (or: test, gradients, accuracy)"},
    {BUILD, "build", "FILE.net [-o NAME]", "make a standalone trainer with the system's C compiler"},
    {EMIT, "emit", "FILE.net [-o FILE.c]", "print the C of the trainer"},
    {PREDICT, "predict", "FILE.net INPUT...", "print what a trained model makes of pictures, folders or tables"},
    {DATA, "data", "FILE.net", "show what the model will see: classes, sizes, numbers, a sheet of pictures"},
    {CHECK, "check", "FILE.net", "print what is wrong with the file, and nothing else"},
    {SUMMARY, "summary", "FILE.net", "a table of the layers: shapes, parameters, arithmetic, memory"},
    {GRAPH, "graph", "FILE.net [-o FILE]", "draw the model, what is fused, or how memory is shared"},
    {REPORT, "report", "RUN... [-o FILE.html]", "show what runs have logged, as one page for the browser"},
    {EXPORT, "export", "FILE.net --onnx FILE", "write the trained model as an ONNX file, for other programs"},
    {IMPORT, "import", "FILE [-o FILE.net]", "make the .net text of a model of PyTorch's, or of an ONNX file"},
    {COMMAND_HELP, "help", "[COMMAND|NAME]", "what a command does, or a layer, loss, optimizer, ..."},
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

/* What happens with an option: netc's own have a letter, the trainer's are handed on as they are. */
enum { OPTION_TRAINER = 't', OPTION_RESUME = 'r', OPTION_BATCH = 'b', OPTION_SET = 's', OPTION_DUMP = 'd',
       OPTION_CC = 'c', OPTION_MARCH = 'm', OPTION_STATIC = 'S', OPTION_KEEP_C = 'k', OPTION_PLAIN = 'p',
       OPTION_HELP = 'h', OPTION_VERSION = 'V', OPTION_OUTPUT = 'o', OPTION_VERBOSE = 'v', OPTION_PROFILE = 'P',
       OPTION_TORCH = 'T', OPTION_INPUT = 'i', OPTION_TARGET = 'g', OPTION_FUSED = 'f',
       OPTION_MEMORY = 'M', OPTION_TIER = 'q', OPTION_LIBRARY = 'l', OPTION_EMBED = 'e', OPTION_LOAD = 'w',
       OPTION_PREFIX = 'x', OPTION_MPI = 'I', OPTION_DEVICE = 'D', OPTION_WEB = 'W',
       OPTION_ONNX = 'O', OPTION_EXTERNAL = 'E', OPTION_TRAIN = 'n', OPTION_ARCHIVE = 'a', OPTION_WEIGHTS = 'G',
       OPTION_INT8 = '8', OPTION_DATA = 'y' };

typedef struct OptionInfo {
    int commands; /* which have it */
    int what;     /* OPTION_... */
    const char *name, *argument, *help;
} OptionInfo;

static const OptionInfo option_table[] = {
    {RUN, OPTION_TRAINER, "epochs", "N", "train N epochs"},
    {DATA, OPTION_TRAINER, "max-steps", "N", "look at N batches of each set"},
    {RUN, OPTION_TRAINER, "max-steps", "N", "stop after N training steps, then evaluate and save as after an epoch"},
    {RUN | DATA, OPTION_TRAINER, "seed", "N", "the seed of the random numbers"},
    {TRAINS, OPTION_TRAINER, "threads", "N", "work with N threads; the results do not depend on it"},
    {RUN, OPTION_TRAINER, "lr", "X", "the learning rate"},
    {TRAINS, OPTION_TRAINER, "data", "DIR", "look for the data in DIR"},
    {RUN, OPTION_TRAINER, "load", "FILE", "start from the parameters in FILE"},
    {PREDICT, OPTION_TRAINER, "load", "FILE", "the trained parameters (default: the best or newest of the run)"},
    {RUN | PREDICT, OPTION_TRAINER, "prefix", "TEXT", "the names in that file begin with TEXT, and the model's do not"},
    {PREDICT, OPTION_TRAINER, "top", "N", "print the N most probable classes (default: 5)"},
    {PREDICT, OPTION_TRAINER, "outputs", NULL, "print the model's outputs too"},
    {PREDICT, OPTION_TRAINER, "json", NULL, "print JSON"},
    {PREDICT, OPTION_TRAINER, "csv", NULL, "print a table with a line a sample"},
    {RUN, OPTION_RESUME, "resume", "[FILE]", "go on from FILE, or from the newest file that the run saved"},
    {RUN, OPTION_TRAINER, "log-every", "N", "report every N steps"},
    {RUN, OPTION_TRAINER, "quiet", NULL, "print the results only"},
    {DATA, OPTION_TRAINER, "sheet", "FILE", "write the sheet there (default: the data's name and .png; empty: none)"},
    {DATA, OPTION_TRAINER, "raw", "NAME", "write the samples to NAME.train.raw and NAME.test.raw instead"},
    {IMPORT, OPTION_INPUT, "input", "SHAPE", "the shape of a sample, where the layers leave it open: 3,32,32"},
    {IMPORT, OPTION_WEIGHTS, "weights", "FILE", "of an ONNX file: write its parameters to FILE, for --load"},
    {BUILD | EMIT | IMPORT, OPTION_OUTPUT, "output", "FILE", "where the result goes"},
    {GRAPH, OPTION_OUTPUT, "output", "FILE.svg", "the picture: .svg, .dot or .png (default: print the text of .dot)"},
    {REPORT, OPTION_OUTPUT, "output", "FILE.html", "the page (default: report.html)"},
    {GRAPH, OPTION_FUSED, "fused", NULL, "draw the kernels: which operations each computes together"},
    {GRAPH, OPTION_MEMORY, "memory", NULL, "draw the memory of a step: who lies where, and for how long (.svg)"},
    {RUN | PREDICT, OPTION_TIER, "tier", "NAME", "jit: prebuilt kernels; cc: wait for the compiler; auto: change over"},
    {EXPORT, OPTION_ONNX, "onnx", "FILE.onnx", "the file to write, with the trained parameters in it"},
    {EXPORT, OPTION_EXTERNAL, "external", NULL, "the parameters go to FILE.onnx.data beside it, as very many do"},
    {RUN | BUILD | PREDICT, OPTION_CC, "cc", "CC", "the C compiler (default: $CC, or cc)"},
    {BUILD, OPTION_MARCH, "march", "M", "the processor to compile for (default: native); any: for all"},
    {BUILD, OPTION_STATIC, "static", NULL, "make one file that needs no library, not even libc"},
    {BUILD, OPTION_MPI, "mpi", NULL, "make one whose processes share a run, by MPI; CC is $MPICC, or mpicc"},
    {BUILD, OPTION_LIBRARY, "library", "NAME", "make a C library of the trained model: NAME.h, NAME.c, NAME.weights"},
    {BUILD, OPTION_WEB, "web", "DIR", "make a page that runs the trained model in the browser: DIR/index.html"},
    {BUILD | EXPORT, OPTION_LOAD, "load", "FILE", "its trained parameters (default: the best or newest of the run)"},
    {BUILD | EXPORT, OPTION_PREFIX, "prefix", "TEXT", "the names in that file begin with TEXT, and the model's do not"},
    {BUILD, OPTION_EMBED, "embed", NULL, "the parameters are in NAME.c, and not in a file"},
    {BUILD, OPTION_ARCHIVE, "archive", NULL, "make libNAME.a in place of NAME.c, for the processor of --march"},
    {BUILD, OPTION_TRAIN, "train", NULL, "the library also trains: NAME_train_step, NAME_save, NAME_load"},
    {BUILD, OPTION_PLAIN, "plain", NULL, "C99 for any compiler, without vectors"},
    {BUILD, OPTION_INT8, "int8", "DATA", "in integers of 8 bits, by samples of the data: train, test or train:500"},
    {BUILD, OPTION_DATA, "data", "DIR", "look for these data in DIR"},
    {BUILD, OPTION_KEEP_C, "keep-c", NULL, "leave the C beside the trainer, as NAME.c"},
    {RUN | BUILD | PREDICT, OPTION_VERBOSE, "verbose", NULL, "print the compiler's command"},
    {EMIT, OPTION_TARGET, "target", "NAME", "what the C is for:"},
    {EMIT, OPTION_PLAIN, "plain", NULL, "the form that libtcc is given: calls of prebuilt kernels"},
    {COMPILES, OPTION_PROFILE, "profile", NULL, "measure each kernel's time, and print a table of them at the end"},
    {SUMMARY, OPTION_TORCH, "torch", NULL, "print the models as PyTorch's print(model) does"},
    {READS, OPTION_BATCH, "batch-size", "N", "samples in a training batch"},
    {COMPILES | PREDICT, OPTION_DEVICE, "device", "NAME", "where it runs: cpu, cuda, cuda:1, opencl or auto"},
    {READS, OPTION_SET, "set", "PATH=VALUE", "replace a value of the file: --set train.optimizer.lr=0.1"},
    {COMPILES | CHECK, OPTION_DUMP, "dump", "STEP", "print the result of a step and stop:"},
    {READS | IMPORT | REPORT | COMMAND_HELP, OPTION_HELP, "help", NULL, "print this"},
    {READS | IMPORT | REPORT | COMMAND_HELP, OPTION_VERSION, "version", NULL, "print netc's version"},
};
enum { OPTION_COUNT = sizeof option_table / sizeof *option_table };

static bool has_letter(const OptionInfo *option)
{
    return option->what == OPTION_OUTPUT || option->what == OPTION_VERBOSE || option->what == OPTION_HELP;
}

/* ---- Help -------------------------------------------------------------------------------------------------------- */

static void print_overview(FILE *out)
{
    fputs("netc compiles a neural network, its data and its training loop (a .net file) to C.\n\n", out);
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "%snetc %-8s%-22s%s\n", i ? "       " : "usage: ", commands[i].name, commands[i].arguments,
                    commands[i].summary);
    fputs("\n'netc help COMMAND' and 'netc COMMAND --help' print the options of a command.\n"
          "Exit codes: 0 done, 1 the model or the data is wrong, 2 the command line is.\n", out);
}

static const char *dump_steps(Arena *arena)
{
    Text list = text_new(arena);
    for (Step step = STEP_NONE + 1; step < STEP_COUNT; step++)
        text_printf(&list, "%s%s", step_name(step), step + 1 == STEP_COUNT ? "" : ", ");
    return list.bytes;
}

static void print_help(Arena *arena, FILE *out, const CommandInfo *command)
{
    fprintf(out, "usage: netc %s %s%s\n%s\n\n", command->name, command->arguments,
            command->command == COMMAND_HELP ? "" : " [OPTION...]", command->summary);
    for (int i = 0; i < OPTION_COUNT; i++) {
        const OptionInfo *option = &option_table[i];
        if (!(option->commands & command->command))
            continue;
        const char *letter = has_letter(option) ? arena_printf(arena, "-%c, ", option->what) : "    ";
        const char *name = arena_printf(arena, "--%s%s%s", option->name, option->argument ? " " : "",
                                        option->argument ? option->argument : "");
        fprintf(out, "  %s%-22s%s\n", letter, name, option->help);
        if (option->what == OPTION_DUMP)
            fprintf(out, "%28s%s\n", "", dump_steps(arena));
        for (int t = 0; option->what == OPTION_TARGET && targets[t]; t++)
            fprintf(out, "%28s%s: %s\n", "", targets[t]->name, targets[t]->summary);
    }
}

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

static const CommandInfo *find_command(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (!strcmp(commands[i].name, name))
            return &commands[i];
    return NULL;
}

static bool ends_in_net(const char *name)
{
    size_t length = strlen(name);
    return length > 4 && !strcmp(name + length - 4, ".net");
}

static int unknown_command(const char *name)
{
    if (ends_in_net(name)) {
        nc_print_to(stderr, "netc: what shall be done with '%s'? 'netc run %s' trains it now\n", name, name);
        return 2;
    }
    const char *names[COMMAND_COUNT];
    int count = 0;
    for (int i = 0; i < COMMAND_COUNT; i++)
        names[count++] = commands[i].name;
    const char *closest = diag_closest(name, names, count);
    nc_print_to(stderr, "netc: there is no command '%s'", name);
    if (closest)
        nc_print_to(stderr, "; did you mean '%s'?", closest);
    fputs("\n'netc help' lists the commands\n", stderr);
    return 2;
}

static int unknown_option(const CommandInfo *command, const char *word)
{
    const char *names[OPTION_COUNT];
    int count = 0;
    for (int i = 0; i < OPTION_COUNT; i++)
        if (option_table[i].commands & command->command)
            names[count++] = option_table[i].name;
    size_t length = strcspn(word, "=");
    char name[64] = "";
    if (!strncmp(word, "--", 2) && length - 2 < sizeof name)
        memcpy(name, word + 2, length - 2);
    const char *closest = *name ? diag_closest(name, names, count) : NULL;
    nc_print_to(stderr, "netc %s: there is no option '%.*s'", command->name, (int)length, word);
    if (closest)
        nc_print_to(stderr, "; did you mean '--%s'?", closest);
    nc_print_to(stderr, "\n'netc %s --help' lists the options\n", command->name);
    return 2;
}

/* getopt's tables for one command. */
static void getopt_tables(const CommandInfo *command, struct option *longs, char *letters)
{
    *letters++ = ':'; /* tells a missing argument from an unknown option */
    for (int i = 0; i < OPTION_COUNT; i++) {
        const OptionInfo *option = &option_table[i];
        if (!(option->commands & command->command))
            continue;
        int argument = !option->argument          ? no_argument
                       : *option->argument == '[' ? optional_argument
                                                  : required_argument;
        *longs++ = (struct option){option->name, argument, NULL, 256 + i};
        if (has_letter(option)) {
            *letters++ = (char)option->what;
            if (argument)
                *letters++ = ':';
        }
    }
    *longs = (struct option){NULL, 0, NULL, 0};
    *letters = 0;
}

static const OptionInfo *option_of(int found)
{
    if (found >= 256)
        return &option_table[found - 256];
    for (int i = 0; i < OPTION_COUNT; i++)
        if (has_letter(&option_table[i]) && option_table[i].what == found)
            return &option_table[i];
    fail_bug("getopt found option %d", found);
}

static void add_override(Arena *arena, Options *options, const char *path, const char *text)
{
    vec_push(arena, options->overrides, ((Override){path, text}));
}

static bool set_value(Arena *arena, Options *options, const char *argument)
{
    const char *equals = strchr(argument, '=');
    if (!equals || equals == argument) {
        nc_print_to(stderr, "netc: --set expects PATH=VALUE, as in --set train.optimizer.lr=0.1, but has '%s'\n",
                    argument);
        return false;
    }
    add_override(arena, options, arena_copy(arena, argument, (size_t)(equals - argument)), equals + 1);
    return true;
}

static bool set_batch(Arena *arena, Options *options, const char *argument)
{
    char *end;
    errno = 0;
    long size = strtol(argument, &end, 10);
    if (end == argument || *end || errno || size < 1 || size > INT_MAX) {
        nc_print_to(stderr, "netc: --batch-size expects a whole number from 1, but has '%s'\n", argument);
        return false;
    }
    add_override(arena, options, "train.data.batch_size", argument);
    return true;
}

static bool set_dump(Options *options, const char *argument)
{
    const char *names[STEP_COUNT];
    int count = 0;
    for (Step step = STEP_NONE + 1; step < STEP_COUNT; step++) {
        if (!strcmp(step_name(step), argument))
            options->dump = step;
        names[count++] = step_name(step);
    }
    if (options->dump != STEP_NONE)
        return true;
    const char *closest = diag_closest(argument, names, count);
    nc_print_to(stderr, "netc: there is no step '%s' to print", argument);
    if (closest)
        nc_print_to(stderr, "; did you mean '%s'?", closest);
    fputc('\n', stderr);
    return false;
}

static bool set_tier(Options *options, const char *argument)
{
    static const char *const names[] = {[TIER_AUTO] = "auto", [TIER_JIT] = "jit", [TIER_CC] = "cc"};
    for (int i = 0; i < 3; i++)
        if (!strcmp(argument, names[i])) {
            options->tier = (Tier)i;
            return true;
        }
    nc_print_to(stderr, "netc: there is no tier '%s'; there are: auto, jit, cc\n", argument);
    return false;
}

static bool set_target(Arena *arena, Options *options, const char *argument)
{
    options->target = target_find(argument);
    if (options->target)
        return true;
    Text list = text_new(arena);
    for (int i = 0; targets[i]; i++)
        text_printf(&list, "%s%s", i ? ", " : "", targets[i]->name);
    nc_print_to(stderr, "netc: there is no target '%s'; there are: %s\n", argument, list.bytes);
    return false;
}

/* Whether the target has what the other options ask for. False after saying what it has not. */
static bool check_target(const Options *options)
{
    const char *name = options->target->name;
    if (options->target->print)
        return true;
    if (options->plain || options->profile)
        nc_print_to(stderr, "netc: --%s is of the target cpu, and there is none for the target %s\n",
                    options->plain ? "plain" : "profile", name);
    else if (options->dump > STEP_FUSE && options->dump != STEP_C)
        nc_print_to(stderr, "netc: the target %s has no step '%s': it works from the result of 'fuse'\n", name,
                    step_name(options->dump));
    else
        return true;
    return false;
}

/* Takes one option. False: its argument is wrong, and that has been said. */
static bool take(Arena *arena, Options *options, const OptionInfo *option, const char *argument)
{
    switch (option->what) {
    case OPTION_TRAINER:
    case OPTION_RESUME:
        vec_push(arena, options->trainer, argument ? arena_printf(arena, "--%s=%s", option->name, argument)
                                                   : arena_printf(arena, "--%s", option->name));
        return true;
    case OPTION_BATCH: return set_batch(arena, options, argument);
    case OPTION_SET: return set_value(arena, options, argument);
    case OPTION_DUMP: return set_dump(options, argument);
    case OPTION_OUTPUT: options->output = argument; return true;
    case OPTION_INPUT: options->input = argument; return true;
    case OPTION_CC: options->compiler = argument; return true;
    case OPTION_MARCH: options->march = argument; return true;
    case OPTION_STATIC: return options->whole = true;
    case OPTION_MPI: return options->mpi = true;
    case OPTION_KEEP_C: return options->keep_c = true;
    case OPTION_VERBOSE: return options->verbose = true;
    case OPTION_TIER: return set_tier(options, argument);
    case OPTION_DEVICE: add_override(arena, options, "train.device", argument); return true;
    case OPTION_TARGET: return set_target(arena, options, argument);
    case OPTION_PLAIN: return options->plain = true;
    case OPTION_LIBRARY: options->library = argument; return true;
    case OPTION_WEB: options->web = argument; return true;
    case OPTION_ARCHIVE: return options->archive = true;
    case OPTION_TRAIN: return options->train = true;
    case OPTION_INT8: options->int8 = argument; return true;
    case OPTION_DATA: options->data = argument; return true;
    case OPTION_EMBED: return options->embed = true;
    case OPTION_WEIGHTS: options->weights = argument; return true;
    case OPTION_ONNX: options->onnx = argument; return true;
    case OPTION_EXTERNAL: return options->external = true;
    case OPTION_LOAD: options->load = argument; return true;
    case OPTION_PREFIX: options->prefix = argument; return true;
    case OPTION_PROFILE: return options->profile = true;
    case OPTION_TORCH: return options->torch = true;
    case OPTION_FUSED: return options->fused = true;
    case OPTION_MEMORY: return options->memory = true;
    }
    fail_bug("option %s has no meaning", option->name);
}

/* The word after --resume is its file, unless it is an option or can only be the program itself. */
static const char *resume_file(int argc, char **argv)
{
    if (optind >= argc || argv[optind][0] == '-' || ends_in_net(argv[optind]))
        return NULL;
    return argv[optind++];
}

/* What `netc run FILE.net` does in place of training. */
static bool is_run_command(const char *word)
{
    return !strcmp(word, "test") || !strcmp(word, "gradients") || !strcmp(word, "accuracy");
}

/* What is left of the line: FILE.net, and a command of the trainer after it. */
static bool take_words(Arena *arena, Options *options, const CommandInfo *command, int count, char **words)
{
    if (count == 0) {
        nc_print_to(stderr, "netc %s: which %s? usage: netc %s %s\n", command->name,
                    command->command == REPORT ? "run" : "file", command->name, command->arguments);
        return false;
    }
    options->file = words[0];
    for (int i = 0; command->command == REPORT && i < count; i++)
        vec_push(arena, options->runs, words[i]);
    if (command->command == REPORT)
        return true;
    if (command->command == PREDICT) {
        if (count == 1)
            nc_print_to(stderr, "netc predict: of what? usage: netc predict %s\n", command->arguments);
        vec_push(arena, options->trainer, "--");
        for (int i = 1; i < count; i++)
            vec_push(arena, options->trainer, words[i]);
        return count > 1;
    }
    if (count == 2 && command->command == RUN && is_run_command(words[1])) {
        options->gradients = !strcmp(words[1], "gradients");
        options->accuracy = !strcmp(words[1], "accuracy");
        vec_push(arena, options->trainer, words[1]);
        return true;
    }
    if (count > 1)
        nc_print_to(stderr, "netc %s: '%s' is one word too many; usage: netc %s %s\n", command->name, words[1],
                    command->name, command->arguments);
    return count == 1;
}

static int unknown_topic(Arena *arena, const char *name, const char *reason)
{
    const char *closest = help_closest(arena, name);
    if (*reason)
        nc_print_to(stderr, "netc help: %s\n", reason);
    else if (closest && !find_command(name))
        nc_print_to(stderr, "netc help: nothing is called '%s'; did you mean '%s'?\n", name, closest);
    else
        return unknown_command(name);
    return 2;
}

/* `netc help`, `netc help COMMAND`, `netc help Conv2d`, `netc help layers`. */
static int help_on(Arena *arena, int count, char **words)
{
    Text out = text_new(arena);
    if (count > 1 && !help_topic(&out, arena_printf(arena, "%s %s", words[0], words[1]))) { /* data sets */
        nc_print_to(stderr, "netc help: '%s' is one word too many\n", words[1]);
        return 2;
    }
    if (count > 1) {
        fputs(out.bytes, stdout);
        return 0;
    }
    if (!count) {
        print_overview(stdout);
        help_vocabulary(&out, 100);
        fputs("\nWhat a file can name ('netc help NAME' tells more of each, 'netc help layers' a line of all):\n",
              stdout);
        fputs(out.bytes, stdout);
        return 0;
    }
    const CommandInfo *command = find_command(words[0]);
    bool known = command != NULL;
    if (known)
        print_help(arena, stdout, command);
    if (!strcmp(words[0], "names"))
        help_names(&out);
    else if (!help_topic(&out, words[0]) && !known)
        return unknown_topic(arena, words[0], out.bytes);
    if (known && out.length)
        puts(""); /* 'data' is a command, a statement and a setting */
    fputs(out.bytes, stdout);
    return 0;
}

static bool parse_command(Arena *arena, Options *options, const CommandInfo *command, int argc, char **argv,
                          int *status)
{
    struct option longs[OPTION_COUNT + 1];
    char letters[2 * OPTION_COUNT + 2];
    getopt_tables(command, longs, letters);
    optind = 0;
    opterr = 0;
    for (;;) {
        int at = optind ? optind : 1;
        int found = getopt_long(argc, argv, letters, longs, NULL);
        if (found == -1)
            break;
        const char *word = argv[optind > at ? optind - 1 : at];
        if (found == '?') {
            *status = unknown_option(command, optopt && optopt < 256 ? arena_printf(arena, "-%c", optopt) : word);
            return false;
        }
        if (found == ':') {
            nc_print_to(stderr, "netc %s: '%s' expects an argument\n", command->name, word);
            *status = 2;
            return false;
        }
        const OptionInfo *option = option_of(found);
        const char *argument = optarg;
        vec_push(arena, options->given, option->name);
        if (option->what == OPTION_HELP) {
            print_help(arena, stdout, command);
            return false;
        }
        if (option->what == OPTION_VERSION) {
            puts("netc " NETC_VERSION);
            return false;
        }
        if (option->what == OPTION_RESUME && !argument)
            argument = resume_file(argc, argv);
        if (!take(arena, options, option, argument)) {
            *status = 2;
            return false;
        }
    }
    if (command->command == COMMAND_HELP) {
        *status = help_on(arena, argc - optind, argv + optind);
        return false;
    }
    if (!take_words(arena, options, command, argc - optind, argv + optind) || !check_target(options) ||
        !product_check(options)) {
        *status = 2;
        return false;
    }
    return true;
}

/* The C compiler where --cc names none. */
static const char *usual_compiler(const Options *options)
{
    const char *named = getenv(options->mpi ? "MPICC" : "CC");
    return named && *named ? named : options->mpi ? "mpicc" : "cc";
}

bool options_parse(Arena *arena, Options *options, int argc, char **argv, int *status)
{
    *options = (Options){.march = "native", .target = targets[0]};
    *status = 0;
    if (argc < 2) {
        print_overview(stderr);
        *status = 2;
        return false;
    }
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
        print_overview(stdout);
        return false;
    }
    if (!strcmp(argv[1], "--version")) {
        puts("netc " NETC_VERSION);
        return false;
    }
    if (argv[1][0] == '-' && argv[1][1]) {
        fputs("netc: a command comes first; 'netc help' lists them\n", stderr);
        *status = 2;
        return false;
    }
    const CommandInfo *command = find_command(argv[1]);
    if (!command) {
        *status = unknown_command(argv[1]);
        return false;
    }
    options->command = (Command)command->command;
    if (!parse_command(arena, options, command, argc - 1, argv + 1, status))
        return false;
    if (!options->compiler)
        options->compiler = usual_compiler(options);
    if (options->mpi && options->whole) {
        nc_print_to(stderr, "netc build: --mpi and --static exclude each other: MPI's libraries are shared ones\n");
        *status = 2;
    }
    return *status == 0;
}
