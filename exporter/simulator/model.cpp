#include "exporter/simulator/model.h"

#include <algorithm>
#include <array>

namespace mppsolar::simulator {
namespace {

// 1 kVA, 12 V. QPIRI is the real one of an AbiSolar 1 kVA; the others are those of its 24 V sisters
// with the values of a 12 V unit. Firmware of 2014: it knows no model name, no second tracker and
// no energy counters.
constexpr auto kPip1012Answers = std::to_array<FixedAnswer>({
    {"QPI", "PI30"},
    {"QID", "99000000001012"},
    {"QVFW", "VERFW:00014.02"},
    {"QVFW2", "VERFW2:00003.01"},
    {"QPIRI",
     "230.0 04.3 230.0 50.0 04.3 1000 0800 12.0 11.8 10.5 14.1 13.5 0 20 50 0 1 2 - 01 1 0 14.0 0 "
     "0"},
    {"QFLAG", "EbuDajkvxyz"},
    {"QDI", "230.0 50.0 0020 10.5 13.5 14.1 11.5 50 0 0 2 0 1 0 0 0 1 1 1 0 1 0 13.5 0 0"},
    {"QMCHGCR", "010 020 030 040 050"},
    {"QMUCHGCR", "010 020"},
});
constexpr auto kPip1012Panels = std::to_array<Panels>(
    {{.peak_watts = 400, .peak_volts = 18.2, .open_volts = 22.3, .orientation = {}}});
constexpr auto kPip1012Appliances = std::to_array<Appliance>({{450, 5, 4}, {300, 8, 3}});

// 5 kVA / 4 kW, 48 V, firmware 52.30 (PIP4048, Axpert MKS), with the settings of a house that lives
// on its sun: battery before grid, and only the sun charges.
constexpr auto kPip5048Answers = std::to_array<FixedAnswer>({
    {"QPI", "PI30"},
    {"QID", "99000000005048"},
    {"QVFW", "VERFW:00052.30"},
    {"QVFW2", "VERFW2:00000.00"},
    {"QPIRI",
     "230.0 21.7 230.0 50.0 21.7 5000 4000 48.0 45.0 42.0 56.4 54.0 0 30 060 1 2 3 6 01 0 0 54.0 0 "
     "1"},
    {"QFLAG", "EuxDabjkvyz"},
    {"QDI", "230.0 50.0 0030 42.0 54.0 56.4 46.0 60 0 0 2 0 0 0 0 0 1 1 0 0 1 0 54.0 0 1"},
    {"QMCHGCR", "010 020 030 040 050 060 070 080 090 100 110 120"},
    {"QMUCHGCR", "002 010 020 030 040 050 060"},
    {"QOPM", "00"},
});
constexpr auto kPip5048Panels = std::to_array<Panels>(
    {{.peak_watts = 3000, .peak_volts = 91, .open_volts = 112, .orientation = {}}});
constexpr auto kPip5048Appliances =
    std::to_array<Appliance>({{1900, 4, 5}, {1100, 15, 1.5}, {700, 25, 1}});

// 8 kVA / 8 kW, 48 V, two trackers (Axpert MAX): one string looks to the east, one to the west.
constexpr auto kMax8000Answers = std::to_array<FixedAnswer>({
    {"QPI", "PI30"},
    {"QID", "99000000008000"},
    {"QSID", "1499000000008000000000"},
    {"QVFW", "VERFW:00072.70"},
    {"QVFW3", "VERFW:00002.61"},
    {"QMN", "MKS2-8000"},
    {"QGMN", "044"},
    {"QPIRI",
     "230.0 34.7 230.0 50.0 34.7 8000 8000 48.0 50.0 46.0 55.2 53.6 2 060 120 1 2 2 9 01 0 0 54.0 "
     "0 "
     "1 480 0 200"},
    {"QFLAG", "EbuvyzDajkx"},
    {"QDI", "230.0 50.0 0030 44.0 54.0 56.4 46.0 60 0 0 2 0 0 0 0 0 1 1 1 0 1 0 54.0 0 1 224"},
    {"QBEQI", "0 060 030 120 000 58.40 000 120 0 0000"},
    {"QMCHGCR", "010 020 030 040 050 060 070 080 090 100 110 120"},
    {"QMUCHGCR", "002 010 020 030 040 050 060 070 080 090 100 110 120"},
    {"QOPM", "00"},
});
constexpr auto kMax8000Panels = std::to_array<Panels>({
    {.peak_watts = 3300,
     .peak_volts = 328,
     .open_volts = 398,
     .orientation = {.tilt_degrees = 35, .azimuth_degrees = -70}},
    {.peak_watts = 2800,
     .peak_volts = 276,
     .open_volts = 336,
     .orientation = {.tilt_degrees = 35, .azimuth_degrees = 70}},
});
constexpr auto kMax8000Appliances =
    std::to_array<Appliance>({{2000, 4, 6}, {2400, 30, 1.2}, {1800, 40, 0.8}});

constexpr auto kModels = std::to_array<Model>({
    {
        .name = "pip-1012-mse",
        .help = "PIP-1012-MSE: 1 kVA / 800 W, 12 V, PWM, NTC counts; a cabin with 400 W of panels",
        .fixed_answers = kPip1012Answers,
        .counted_pv_watt_hours = std::nullopt,
        .counted_load_watt_hours = std::nullopt,
        .dialect = {.charge_digits = 2,
                    .battery_volts_step = 0.01,
                    .no_grid_volts = 1.0,
                    .heat_sink = HeatSink::kCounts,
                    .pv_current = PvCurrent::kBatterySide,
                    .status_prefix = "101",
                    .fan_eeprom = "22 03",
                    .switch_bit = false,
                    .qpigs_end = "",
                    .warning_characters = 32,
                    .pv_loss = false,
                    .fault_code = std::nullopt},
        .plant = {.battery = {Chemistry::kLead, 12, 60},
                  .panels = kPip1012Panels,
                  .tracking = Tracking::kPwm,
                  .solar_efficiency = 0.98,
                  .solar_max_amperes = 50,
                  .inverter_efficiency = 0.88,
                  .charger_efficiency = 0.85,
                  .idle_watts = 15,
                  .standby_watts = 2,
                  .pv_helps_grid = false,
                  .bus_volts_line = 420,
                  .bus_volts_battery = 366,
                  .household = {38, 75, 50, 130, kPip1012Appliances}},
    },
    {
        .name = "pip-5048",
        .help = "PIP / Axpert MKS: 5 kVA / 4 kW, 48 V, one MPPT; a house with 3 kW of panels",
        .fixed_answers = kPip5048Answers,
        .counted_pv_watt_hours = std::nullopt,
        .counted_load_watt_hours = std::nullopt,
        .dialect = {.charge_digits = 3,
                    .battery_volts_step = 0.1,
                    .no_grid_volts = 0,
                    .heat_sink = HeatSink::kCelsius,
                    .pv_current = PvCurrent::kBatterySide,
                    .status_prefix = "000",
                    .fan_eeprom = "00 00",
                    .switch_bit = true,
                    .qpigs_end = "",
                    .warning_characters = 32,
                    .pv_loss = false,
                    .fault_code = std::nullopt},
        .plant = {.battery = {Chemistry::kLead, 48, 200},
                  .panels = kPip5048Panels,
                  .tracking = Tracking::kMppt,
                  .solar_efficiency = 0.97,
                  .solar_max_amperes = 60,
                  .inverter_efficiency = 0.92,
                  .charger_efficiency = 0.88,
                  .idle_watts = 50,
                  .standby_watts = 8,
                  .pv_helps_grid = false,
                  .bus_volts_line = 434,
                  .bus_volts_battery = 370,
                  .household = {160, 110, 250, 480, kPip5048Appliances}},
    },
    {
        .name = "max-8000",
        .help = "Axpert MAX: 8 kW, 48 V lithium, two MPPTs; a house with 6 kW of panels",
        .fixed_answers = kMax8000Answers,
        .counted_pv_watt_hours = 238800,
        .counted_load_watt_hours = 312400,
        .dialect = {.charge_digits = 3,
                    .battery_volts_step = 0.1,
                    .no_grid_volts = 0,
                    .heat_sink = HeatSink::kCelsius,
                    .pv_current = PvCurrent::kPanelSide,
                    .status_prefix = "000",
                    .fan_eeprom = "00 00",
                    .switch_bit = true,
                    .qpigs_end = " 0 00 000",
                    .warning_characters = 36,
                    .pv_loss = true,
                    .fault_code = 32},
        .plant = {.battery = {Chemistry::kLithiumIronPhosphate, 48, 280},
                  .panels = kMax8000Panels,
                  .tracking = Tracking::kMppt,
                  .solar_efficiency = 0.97,
                  .solar_max_amperes = 160,
                  .inverter_efficiency = 0.93,
                  .charger_efficiency = 0.92,
                  .idle_watts = 70,
                  .standby_watts = 12,
                  .pv_helps_grid = true,
                  .bus_volts_line = 446,
                  .bus_volts_battery = 440,
                  .household = {280, 120, 450, 900, kMax8000Appliances}},
    },
});

}  // namespace

std::span<const Model> Models() { return kModels; }

const Model* FindModel(std::string_view name) {
  const auto found = std::ranges::find(kModels, name, &Model::name);
  return found == kModels.end() ? nullptr : &*found;
}

const std::string_view* FindFixedAnswer(const Model& model, std::string_view command) {
  const auto found = std::ranges::find(model.fixed_answers, command, &FixedAnswer::command);
  return found == model.fixed_answers.end() ? nullptr : &found->payload;
}

}  // namespace mppsolar::simulator
