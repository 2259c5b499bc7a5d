"""Units of measure that `{{convert}}` of Wikipedia knows: their names, their size, and what each is converted to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """One unit. `scale` is its size in the unit of its kind: metre, kilogram, square or cubic metre, m/s, watt, pascal."""

    symbol: str
    name: str
    plural: str
    kind: str
    scale: float
    outputs: tuple[str, ...]


_TABLE = """
length   mm        mm     millimetre        millimetres         0.001            in
length   cm        cm     centimetre        centimetres         0.01             in
length   m         m      metre             metres              1                ftin
length   km        km     kilometre         kilometres          1000             mi
length   in        in     inch              inches              0.0254           mm
length   ft        ft     foot              feet                0.3048           m
length   yd        yd     yard              yards               0.9144           m
length   mi        mi     mile              miles               1609.344         km
length   nmi       nmi    nautical_mile     nautical_miles      1852             km,mi
length   fathom    fathom fathom            fathoms             1.8288           ft,m
length   furlong   furlong furlong          furlongs            201.168          ft,m
mass     g         g      gram              grams               0.001            oz
mass     kg        kg     kilogram          kilograms           1                lb
mass     t         t      tonne             tonnes              1000             LT,ST
mass     oz        oz     ounce             ounces              0.028349523125   g
mass     lb        lb     pound             pounds              0.45359237       kg
mass     st        st     stone             stone               6.35029318       lb,kg
mass     LT        long_tons  long_ton      long_tons           1016.0469088     t,ST
mass     ST        short_tons short_ton     short_tons          907.18474        LT,t
area     cm2       cm^2   square_centimetre square_centimetres  0.0001           sqin
area     m2        m^2    square_metre      square_metres       1                sqft
area     ha        ha     hectare           hectares            10000            acre
area     km2       km^2   square_kilometre  square_kilometres   1000000          sqmi
area     sqin      sq_in  square_inch       square_inches       0.00064516       cm2
area     sqft      sq_ft  square_foot       square_feet         0.09290304       m2
area     sqyd      sq_yd  square_yard       square_yards        0.83612736       m2
area     acre      acres  acre              acres               4046.8564224     ha
area     sqmi      sq_mi  square_mile       square_miles        2589988.110336   km2
speed    m/s       m/s    metre_per_second  metres_per_second   1                ft/s
speed    km/h      km/h   kilometre_per_hour kilometres_per_hour 0.277777777778  mph
speed    ft/s      ft/s   foot_per_second   feet_per_second     0.3048           m/s
speed    mph       mph    mile_per_hour     miles_per_hour      0.44704          km/h
speed    kn        kn     knot              knots               0.514444444444   km/h,mph
volume   ml        ml     millilitre        millilitres         0.000001         USoz
volume   l         l      litre             litres              0.001            impgal,USgal
volume   m3        m^3    cubic_metre       cubic_metres        1                cuft
volume   km3       km^3   cubic_kilometre   cubic_kilometres    1000000000       cumi
volume   cuin      cu_in  cubic_inch        cubic_inches        0.000016387064   cm3
volume   cm3       cm^3   cubic_centimetre  cubic_centimetres   0.000001         cuin
volume   cuft      cu_ft  cubic_foot        cubic_feet          0.028316846592   m3
volume   cumi      cu_mi  cubic_mile        cubic_miles         4168181825.44    km3
volume   USgal     US_gal US_gallon         US_gallons          0.003785411784   l,impgal
volume   impgal    imp_gal imperial_gallon  imperial_gallons    0.00454609       l,USgal
volume   USoz      US_fl_oz US_fluid_ounce  US_fluid_ounces     0.0000295735296  ml
power    W         W      watt              watts               1                hp
power    kW        kW     kilowatt          kilowatts           1000             hp
power    MW        MW     megawatt          megawatts           1000000          hp
power    hp        hp     horsepower        horsepower          745.699871582    kW
pressure Pa        Pa     pascal            pascals             1                psi
pressure kPa       kPa    kilopascal        kilopascals         1000             psi
pressure bar       bar    bar               bars                100000           kPa
pressure psi       psi    pound_per_square_inch pounds_per_square_inch 6894.75729317 kPa
heat     C         °C     degree_Celsius    degrees_Celsius     1                F
heat     F         °F     degree_Fahrenheit degrees_Fahrenheit  1                C
heat     K         K      kelvin            kelvins             1                C
"""
_ALIASES = {
    "°C": "C", "°F": "F", "kph": "km/h", "kmh": "km/h", "knot": "kn", "knots": "kn", "lbs": "lb", "L": "l", "litre": "l", "liter": "l",
    "gal": "USgal", "impoz": "USoz", "bhp": "hp", "metre": "m", "meter": "m", "metres": "m", "foot": "ft", "feet": "ft", "mile": "mi",
    "miles": "mi", "inch": "in", "inches": "in", "kilometre": "km", "kilometres": "km", "pound": "lb", "pounds": "lb", "tonne": "t",
    "tonnes": "t", "MT": "t", "acres": "acre", "hectare": "ha", "km²": "km2", "m²": "m2", "cc": "cm3", "smi": "mi", "fathoms": "fathom",
    "sqkm": "km2", "sqm": "m2", "cum": "m3", "yards": "yd", "yard": "yd", "NM": "nmi", "long ton": "LT", "short ton": "ST",
}  # fmt: skip


def _units() -> dict[str, Unit]:
    units = {}
    for row in _TABLE.strip().splitlines():
        kind, code, symbol, name, plural, scale, outputs = row.split()
        symbol, name, plural = (text.replace("_", " ") for text in (symbol, name, plural))
        units[code] = Unit(symbol, name, plural, kind, float(scale), tuple(outputs.split(",")))
    return units


_UNITS = _units()


def unit(code: str) -> Unit | None:
    """The unit that a template names so; None where it is not known here."""
    return _UNITS.get(_ALIASES.get(code, code))


def convert(value: float, source: Unit, target: Unit) -> float:
    """A value in another unit of the same kind."""
    if source.kind != "heat":
        return value * source.scale / target.scale
    celsius = {"°C": value, "°F": (value - 32) / 1.8, "K": value - 273.15}[source.symbol]
    return {"°C": celsius, "°F": celsius * 1.8 + 32, "K": celsius + 273.15}[target.symbol]
