// The colours of everything that is drawn: who is on a panel is known by its colour on every panel.

export const solar = '#FADE2A';
export const solarSecond = '#FF9830'; // The second tracker; a third is paler.
export const solarThird = '#FFF0B3';
export const batteryIn = '#73BF69';
export const batteryOut = '#2FB5A5';
export const house = '#5794F2';
export const grid = '#B877D9';

export const fine = '#73BF69';
export const look = '#FADE2A';
export const worse = '#FF9830';
export const bad = '#F2495C';
export const plain = '#CCCCDC';
export const faint = '#8E8EA0'; // Yesterday, and ratings that nothing is wrong with.

/** The lines of the inverter's own settings, from the lowest voltage to the highest. */
export const cutoff = '#F2495C';
export const recharge = '#FF9830';
export const redischarge = '#B877D9';
export const float = '#8AB8FF';
export const bulk = '#FFA6B0';
