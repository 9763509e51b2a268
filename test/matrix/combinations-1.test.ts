import { describeCombinations } from './combinations.js';

describeCombinations(0, 2);
